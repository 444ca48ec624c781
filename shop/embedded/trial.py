"""Services for a test run: a shared PostgreSQL that may forget, a database name of its own, a Valkey of its own."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import psycopg
from psycopg import sql

from shop.embedded.leases import Lease
from shop.embedded.mortality import die_with_parent
from shop.embedded.postgresql import PostgreSQL
from shop.embedded.valkey import Valkey


@contextmanager
def database(var: Path) -> Iterator[str]:
    """A URL whose database is named by this process: Django makes and drops `test_run_<pid>`, runs never collide."""
    server = PostgreSQL(var, durable=False)
    with Lease(var, [server]):
        assert server.url
        _drop_orphans(server.url)
        yield server.url.removesuffix("vitrine") + f"run_{os.getpid()}"


@contextmanager
def valkey() -> Iterator[str]:
    """The URL of an empty Valkey that ends with the block, or with this process if it is killed."""
    with tempfile.TemporaryDirectory(prefix="vitrine-") as folder:
        server = Valkey(Path(folder), before_start=die_with_parent)
        server.start()
        try:
            assert server.url
            yield server.url
        finally:
            server.stop()


def _drop_orphans(url: str) -> None:
    """Drops the databases of test runs that were killed."""
    with psycopg.connect(url, autocommit=True) as connection:
        rows = connection.execute(r"SELECT datname FROM pg_database WHERE datname ~ '^test_run_\d+'").fetchall()
        for (name,) in rows:
            if not psutil.pid_exists(int(name.split("_")[2])):
                connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
