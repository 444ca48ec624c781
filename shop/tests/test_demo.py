"""The demo as a newcomer meets it: the real thing, in a folder of its own, with a handful of products."""

import fcntl
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import psutil
import pytest

from shop import demo
from shop.demo import Address, Refused
from shop.embedded.server import free_port
from shop.environment import BASE_DIR

FLOORS = "from visualsearch.models import ModelVersion; print(ModelVersion.objects.get(state='active').floors)"
PATIENCE = 120  # seconds; machines that test are often busy


class Demo:
    """One start of the demo, with what it printed so far."""

    def __init__(self, var: Path, port: int) -> None:
        set_for_tests = ("DATABASE_URL", "REDIS_URL", "MEDIA_ROOT", "DJANGO_SETTINGS_MODULE", "ALLOWED_HOSTS")
        own = {name: value for name, value in os.environ.items() if name not in set_for_tests}
        own |= {"VITRINE_VAR": str(var), "PORT": str(port), "HOST": "127.0.0.1"}
        self.output = var / f"output-{time.monotonic_ns()}"
        self.own = own
        command = [sys.executable, "manage.py", "demo", "--products", "2"]
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(command, env=own, cwd=BASE_DIR, stdout=output, stderr=output)

    def manage(self, *arguments: str) -> str:
        """What a command prints that is run beside it."""
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.run(command, env=self.own, cwd=BASE_DIR, capture_output=True, text=True, check=True).stdout

    def printed(self) -> str:
        return self.output.read_text()

    def wait_until_open(self) -> float:
        """Seconds that it took."""
        started = time.monotonic()
        while "The shop is open" not in self.printed():
            assert self.process.poll() is None, self.printed()
            assert time.monotonic() < started + PATIENCE, self.printed()
            time.sleep(0.1)
        return time.monotonic() - started

    def end(self, number: int) -> int:
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)


@pytest.fixture
def var():
    with tempfile.TemporaryDirectory(prefix="vitrine-demo-") as folder:
        yield Path(folder)


def living(var: Path) -> list[psutil.Process]:
    """The processes that belong to the demo in this folder."""
    found = []
    for process in psutil.process_iter():
        try:
            of_it = process.environ().get("VITRINE_VAR") == str(var) or str(var) in " ".join(process.cmdline())
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
        if of_it and process.status() != psutil.STATUS_ZOMBIE:
            found.append(process)
    return found


def test_the_demo_opens_survives_and_closes(var):
    port = free_port()
    first = Demo(var, port)
    first.wait_until_open()
    assert urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=10).status == 200
    assert "user admin, password " in first.printed()

    floors = first.manage("shell", "--no-imports", "-c", FLOORS)
    assert "'upper': 0." in floors  # a shop of drawings can say that it may not have something

    second = Demo(var, port)
    assert second.process.wait(PATIENCE) == 1
    assert f"The demo already runs here: http://127.0.0.1:{port} (process {first.process.pid})" in second.printed()
    assert "Traceback" not in second.printed()

    first.end(signal.SIGKILL)
    again = Demo(var, port)
    again.wait_until_open()
    assert "PostgreSQL and Valkey: left running by a program that was killed" in again.printed()
    assert "password" not in again.printed()
    assert "Drawing" not in again.printed()
    assert again.end(signal.SIGINT) == 0
    assert "The shop is closed" in again.printed()
    assert "Traceback" not in again.printed()
    assert living(var) == []


def test_a_used_port_is_named_and_another_one_offered():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(Refused, match=rf"Port {port} of 127\.0\.0\.1 .*make demo PORT={port + 1}"):
            Address("127.0.0.1", port).claim()


def test_an_address_of_another_machine_is_refused():
    with pytest.raises(Refused, match=r"Port 8000 of 192\.0\.2\.1 cannot be had"):
        Address("192.0.2.1", 8000).claim()


def test_a_lock_without_its_holder_is_no_obstacle(tmp_path, monkeypatch):
    monkeypatch.setattr(demo, "RUN", tmp_path)
    (tmp_path / "demo.lock").write_text("http://127.0.0.1:8000 (process 1)")
    with demo._only_one(Address("127.0.0.1", 8000)):
        assert str(os.getpid()) in (tmp_path / "demo.lock").read_text()
        with (tmp_path / "demo.lock").open() as lock, pytest.raises(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_a_shop_open_to_the_network_answers_to_the_machine_s_names():
    names = Address("0.0.0.0", 8000).names().split(",")
    assert {"localhost", "127.0.0.1", socket.gethostname()} <= set(names)
