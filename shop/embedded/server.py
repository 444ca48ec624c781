"""What an embedded server is: a program with a folder, a port, and a record of both that others read."""

import json
import secrets
import socket
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any, ClassVar

import psutil

PATIENCE = 60  # seconds; a crashed database may have a while of recovery before it


class CannotStart(SystemExit):
    """A sentence for the person at the terminal: ends the program with code 1 and no trace."""


class Server(ABC):
    """One program under `var`. Its record, var/run/<name>.json, is for its owner only: pid, port, URL with password."""

    name: ClassVar[str]
    title: ClassVar[str]

    def __init__(self, var: Path) -> None:
        self.home = var / self.name
        self.log = var / "log" / f"{self.name}.log"
        self._record = var / "run" / f"{self.name}.json"
        self._process: subprocess.Popen[bytes] | None = None  # if it is this program that started it

    @property
    def record(self) -> dict[str, Any]:
        """What the server's starter wrote down; empty if nobody ever did."""
        try:
            return json.loads(self._record.read_text())
        except (FileNotFoundError, ValueError):
            return {}

    @property
    def url(self) -> str | None:
        """Where the server listens or last listened."""
        return self.record.get("url")

    @abstractmethod
    def pid(self) -> int | None:
        """The process that serves this folder now, or None."""

    @abstractmethod
    def launch(self, port: int) -> tuple[subprocess.Popen[bytes], str]:
        """Starts the program on `port` of 127.0.0.1; gives it and its URL, without waiting."""

    @abstractmethod
    def answers(self) -> bool:
        """Whether the recorded server takes connections."""

    def start(self) -> None:
        """Starts the server and waits until it answers."""
        for folder in (self.home, self.log.parent, self._record.parent):
            folder.mkdir(parents=True, exist_ok=True)
        port = free_port(self.record.get("port", 0))
        process, url = self.launch(port)
        self._process = process
        self.write({"pid": process.pid, "port": port, "url": url})
        wait_until(lambda: process.poll() is not None or self.answers(), f"{self.title} did not answer in {PATIENCE} s")
        if process.poll() is not None:
            raise CannotStart(f"{self.title} could not start. The end of {self.log} says why:\n{self.last_words()}")

    def stop(self) -> None:
        """Stops the server in its orderly way and waits until it is gone."""
        if not (pid := self.pid()):
            return
        process = self._process or psutil.Process(pid)
        process.send_signal(self.farewell)
        try:
            process.wait(PATIENCE)
        except (psutil.TimeoutExpired, subprocess.TimeoutExpired):
            process.kill()

    farewell: ClassVar[int]  # the signal that asks the program to go

    def write(self, record: dict[str, Any]) -> None:
        """Replaces the record in one step, closed to other users: its URL has a password in it."""
        draft = self._record.with_suffix(f".{secrets.token_hex(4)}")
        draft.touch(mode=0o600)
        draft.write_text(json.dumps(record))
        draft.replace(self._record)

    def last_words(self, lines: int = 8) -> str:
        """The end of the log."""
        return "\n".join("  " + line for line in self.log.read_text(errors="replace").splitlines()[-lines:])


def packaged(package: str, pattern: str) -> Path:
    """A program in an installed wheel, which stays unimported: one of the two makes folders and warns when it is."""
    spec = find_spec(package)
    folders = spec.submodule_search_locations if spec else None
    for path in Path(folders[0]).glob(pattern) if folders else ():
        return path
    raise CannotStart(f"{package} is not installed. Install requirements.txt, or set DATABASE_URL and REDIS_URL.")


def free_port(preferred: int = 0) -> int:
    """A TCP port of 127.0.0.1 that nobody has: `preferred` if that is free."""
    for port in (preferred, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return probe.getsockname()[1]
    raise CannotStart("No TCP port of 127.0.0.1 is free.")


def wait_until(condition: Callable[[], bool], complaint: str) -> None:
    """Returns as soon as `condition` holds. Raises CannotStart with `complaint` after PATIENCE seconds."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            raise CannotStart(complaint + ".")
        time.sleep(0.03)


def is_alive(pid: int, program: str) -> bool:
    """Whether process `pid` runs and is `program`: after a crash the number may be another program's."""
    try:
        process = psutil.Process(pid)
        return process.status() != psutil.STATUS_ZOMBIE and program in process.name()
    except psutil.NoSuchProcess:
        return False
