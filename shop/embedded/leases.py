"""Who uses the embedded services. The kernel keeps the books: a killed process holds no lock, so none is ever stale."""

import fcntl
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from shop.embedded.server import Server


class Lease:
    """Keeps servers running while at least one lease on their folder is held, in whatever process.

    Two locks: `users` is shared by all who use the services; `door` is held while someone starts or stops them.
    """

    def __init__(self, var: Path, servers: Sequence[Server]) -> None:
        self._run = var / "run"
        self._servers = servers

    def __enter__(self) -> list[Server]:
        """Gives the servers that were not running and had to be started."""
        self._run.mkdir(parents=True, exist_ok=True)
        with ExitStack() as if_it_fails, (self._run / "door.lock").open("a") as door:
            self._users = if_it_fails.enter_context((self._run / "users.lock").open("a"))
            fcntl.flock(door, fcntl.LOCK_EX)
            idle = [server for server in self._servers if not (server.pid() and server.answers())]
            self._greet_orphans([server for server in self._servers if server not in idle])
            for server in idle:
                if_it_fails.callback(server.stop)
                server.start()
            fcntl.flock(self._users, fcntl.LOCK_SH)
            if_it_fails.pop_all()
        return idle

    def __exit__(self, *_: object) -> None:
        """Stops the servers if nobody else uses them."""
        with (self._run / "door.lock").open("a") as door, self._users:
            fcntl.flock(door, fcntl.LOCK_EX)
            if self._is_only_user():
                for server in self._servers:
                    server.stop()

    def _is_only_user(self) -> bool:
        """Whether no other process uses the servers. Only behind the door is the answer good for longer."""
        try:
            fcntl.flock(self._users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _greet_orphans(self, running: Sequence[Server]) -> None:
        """Says that servers were left behind, if nobody uses them although they run."""
        if running and self._is_only_user():
            names = " and ".join(server.title for server in running)
            print(f"{names}: left running by a program that was killed; used now, stopped at the end.", file=sys.stderr)
