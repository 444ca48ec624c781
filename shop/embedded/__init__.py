"""PostgreSQL and Valkey from wheels, under `var/`, for those who name no others in DATABASE_URL and REDIS_URL.

Every process of the shop on this machine shares them: the first to come starts them, the last to go stops them.
"""

import atexit
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from shop.embedded.leases import Lease
from shop.embedded.postgresql import PostgreSQL
from shop.embedded.server import CannotStart, Server
from shop.embedded.valkey import Valkey
from shop.environment import BASE_DIR, env

__all__ = ["VAR_DIR", "CannotStart", "database_url", "for_tests", "redis_url", "services"]

VAR_DIR = Path(env("VITRINE_VAR", default="") or BASE_DIR / "var").resolve()

OURS = "VITRINE_TEST_SERVICES"  # names the variables that a test run set itself

# Where nobody listens: settings can be read, and checks can run, before the services are there.
NOWHERE = "127.0.0.1:9"


def database_url() -> str:
    """Where the embedded PostgreSQL listens, or last listened. Reads one small file."""
    return PostgreSQL(VAR_DIR).url or f"postgresql://vitrine@{NOWHERE}/vitrine"


def redis_url() -> str:
    """Where the embedded Valkey listens, or last listened. Reads one small file."""
    return Valkey(VAR_DIR).url or f"redis://{NOWHERE}/0"


@contextmanager
def services() -> Iterator[list[Server]]:
    """Holds the services that no URL names for the length of the block; gives those that had to be started.

    Raises CannotStart, a sentence that ends the program.
    """
    wanted: list[Server] = []
    if not env("DATABASE_URL", default=""):
        wanted.append(PostgreSQL(VAR_DIR))
    if not env("REDIS_URL", default=""):
        wanted.append(Valkey(VAR_DIR))
    if not wanted:  # a container may have nowhere to write
        yield []
        return
    with Lease(VAR_DIR, wanted) as started:
        yield started


def for_tests() -> None:
    """Gives this test run its own database name on a fast PostgreSQL, its own Valkey and folder of pictures.

    They are gone when the run ends. Runs may go on side by side, and so may the processes of one run: each has its own.
    """
    from shop.embedded import trial

    for name in filter(None, os.environ.get(OURS, "").split()):  # of the process that shares out the tests
        os.environ.pop(name, None)
    os.environ[OURS] = " ".join(name for name in ("DATABASE_URL", "REDIS_URL") if not env(name, default=""))
    open_until_exit = ExitStack()
    atexit.register(open_until_exit.close)
    if not env("DATABASE_URL", default=""):
        os.environ["DATABASE_URL"] = open_until_exit.enter_context(trial.database(VAR_DIR / "tests"))
    if not env("REDIS_URL", default=""):
        os.environ["REDIS_URL"] = open_until_exit.enter_context(trial.valkey())
    os.environ["MEDIA_ROOT"] = open_until_exit.enter_context(TemporaryDirectory(prefix="vitrine-media-"))
