"""The services of this very run, and a PostgreSQL of the tests' own that is treated badly."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection

from shop.embedded import CannotStart, trial
from shop.embedded.leases import Lease
from shop.embedded.postgresql import PostgreSQL, tuning


@pytest.fixture(scope="module")
def var():
    """A folder with a PostgreSQL that was started once, after a first start that was killed half-way."""
    folder = Path(tempfile.mkdtemp(prefix="vitrine-"))
    (folder / "postgresql" / "draft").mkdir(parents=True)
    (folder / "postgresql" / "draft" / "PG_VERSION").write_text("18\n")
    with Lease(folder, [PostgreSQL(folder, durable=False)]):
        pass
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def server(var):
    return PostgreSQL(var, durable=False)


def ask(server: PostgreSQL, question: str) -> object:
    with psycopg.connect(server.url) as asked:
        return asked.execute(question).fetchone()[0]


@pytest.mark.django_db
def test_a_test_run_has_its_own_database_and_an_empty_valkey():
    assert connection.settings_dict["NAME"].startswith("test_")
    cache.set("colour", "red")
    assert cache.get("colour") == "red"
    assert os.environ["REDIS_URL"] == settings.REDIS_URL


def test_the_first_to_come_starts_and_the_last_to_go_stops(var, server):
    with Lease(var, [server]) as started:
        assert started == [server]
        with Lease(var, [PostgreSQL(var, durable=False)]) as nothing:
            assert nothing == []
        assert ask(server, "SELECT 1") == 1
    assert server.pid() is None


def test_if_one_cannot_start_none_is_left_running(var, server):
    with pytest.raises(CannotStart), Lease(var, [server, Broken(var)]):
        pass
    assert server.pid() is None


class Broken(PostgreSQL):
    """A server that does not come up."""

    def start(self) -> None:
        raise CannotStart("It does not.")

    def pid(self) -> None:
        return None


def test_pgvector_is_recent_enough(var, server):
    with Lease(var, [server]):
        version = ask(server, "SELECT default_version FROM pg_available_extensions WHERE name = 'vector'")
    assert tuple(int(part) for part in version.split(".")) >= (0, 8, 4)


def test_strangers_are_kept_out(var, server):
    with Lease(var, [server]), pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(server.url.replace(server.password.read_text(), "guess"))


def test_what_a_killed_program_left_running_is_used_and_then_stopped(var, server, capfd):
    script = """
import os, signal, sys
from pathlib import Path
from shop.embedded.leases import Lease
from shop.embedded.postgresql import PostgreSQL
Lease(Path(sys.argv[1]), [PostgreSQL(Path(sys.argv[1]), durable=False)]).__enter__()
os.kill(os.getpid(), signal.SIGKILL)
"""
    done = subprocess.run([sys.executable, "-c", script, var], check=False)
    assert done.returncode == -signal.SIGKILL
    orphan = server.pid()
    assert orphan
    with Lease(var, [server]) as started:
        assert started == []
        assert server.pid() == orphan
    assert "PostgreSQL: left running by a program that was killed" in capfd.readouterr().err
    assert server.pid() is None


def test_a_stale_pid_file_is_no_obstacle_even_if_the_number_is_taken(var, server):
    (server.data / "postmaster.pid").write_text(f"{os.getpid()}\n{server.data}\n1\n5432\n\n127.0.0.1\n1 1\nready\n")
    with Lease(var, [server]) as started:
        assert started == [server]


def test_a_killed_database_comes_back_with_its_data(var):
    server = PostgreSQL(var)
    with Lease(var, [server]):
        with psycopg.connect(server.url) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
        os.kill(server.pid(), signal.SIGKILL)
        server._process.wait()
    with Lease(var, [server]):
        assert ask(server, "SELECT number FROM kept") == 7


def test_a_port_that_was_taken_meanwhile_is_replaced(var, server):
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", server.record["port"]))
        other.listen()
        with Lease(var, [server]):
            assert server.record["port"] != other.getsockname()[1]


def test_a_database_that_cannot_start_says_why(tmp_path):
    server = PostgreSQL(tmp_path)
    server.data.mkdir(parents=True)
    (server.data / "PG_VERSION").write_text("9.1\n")
    server.password.write_text("secret")
    with pytest.raises(CannotStart, match=r"PostgreSQL could not start\. The end of .*log says why"):
        server.start()


def test_the_record_is_for_its_owner_only(var, server):
    assert server._record.stat().st_mode & 0o077 == 0
    assert json.loads(server._record.read_text())["url"] == server.url


def test_a_trial_valkey_vanishes():
    with trial.valkey() as url:
        port = int(url.rsplit(":", 1)[1].split("/")[0])
        assert socket.create_connection(("127.0.0.1", port), timeout=1).close() is None
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=1)


def test_memory_follows_the_machine(monkeypatch):
    monkeypatch.setattr("shop.embedded.postgresql.machine_memory", lambda: 4 * 1024**3)
    assert tuning(durable=True)["shared_buffers"] == "1024MB"
    assert tuning(durable=True)["maintenance_work_mem"] == "256MB"
    assert "fsync" not in tuning(durable=True)
    monkeypatch.setattr("shop.embedded.postgresql.machine_memory", lambda: 256 * 1024**3)
    assert tuning(durable=True)["shared_buffers"] == "2048MB"
