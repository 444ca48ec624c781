"""A few processes kept running together: started, watched, started again if one falls, stopped in order.

On Linux they end with their parent even if that is killed; elsewhere the next start ends them.
"""

import json
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from shop.embedded.mortality import die_with_parent

GRACE = 10  # seconds that a process has to end by itself
TOO_SOON = 5  # seconds; one that ends before, three times running, will not stay up by another start


@dataclass(frozen=True)
class Process:
    """A program to keep running. A nice one leaves the processor to the others."""

    name: str
    command: Sequence[str]
    nice: int = 0
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Running:
    """A process and how it has been."""

    process: Process
    popen: subprocess.Popen[bytes]
    since: float
    early_ends: int = 0


class GaveUp(SystemExit):
    """A sentence for the person at the terminal: a process would not stay up."""


class Supervisor:
    """Runs `processes` for the length of a with block. They write to `logs`/<name>.log; their pids are in `record`."""

    def __init__(self, processes: Sequence[Process], *, logs: Path, record: Path) -> None:
        self._processes = processes
        self._logs = logs
        self._record = record
        self._running: list[Running] = []

    def __enter__(self) -> "Supervisor":
        self._logs.mkdir(parents=True, exist_ok=True)
        try:
            for process in self._processes:
                self.log(process.name).unlink(missing_ok=True)  # of an earlier time
                self._running.append(Running(process, self._start(process), time.monotonic()))
                self._write_record()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()

    def log(self, name: str) -> Path:
        """Where the process called `name` writes."""
        return self._logs / f"{name}.log"

    def watch(self) -> list[str]:
        """Starts again what has ended, and gives its names. Raises GaveUp for one that will not stay up."""
        fallen = [running for running in self._running if running.popen.poll() is not None]
        for running in fallen:
            self._restart(running)
        if fallen:
            self._write_record()
        return [running.process.name for running in fallen]

    def _restart(self, running: Running) -> None:
        now = time.monotonic()
        running.early_ends = running.early_ends + 1 if now - running.since < TOO_SOON else 0
        if running.early_ends == 3:
            name = running.process.name
            raise GaveUp(f"The process {name} does not stay up: {self.log(name)} says why.")
        running.popen, running.since = self._start(running.process), now

    def _start(self, process: Process) -> subprocess.Popen[bytes]:
        def prepare() -> None:
            die_with_parent()
            os.nice(process.nice)

        with self.log(process.name).open("ab") as log:
            return subprocess.Popen(  # noqa: S603 - our own commands
                process.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=os.environ | process.environment,
                process_group=0,  # Ctrl-C reaches the parent alone, which then stops the others in order
                preexec_fn=prepare,  # noqa: PLW1509 - it loads nothing and takes no lock
            )

    def _stop(self) -> None:
        """Asks all to end, the last started first, and kills after GRACE seconds what is still there."""
        previous = signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            end([running.popen for running in reversed(self._running)])
            self._record.unlink(missing_ok=True)
        finally:
            signal.signal(signal.SIGINT, previous)

    def _write_record(self) -> None:
        pids = [running.popen.pid for running in self._running]
        self._record.write_text(json.dumps({pid: psutil.Process(pid).create_time() for pid in pids}))


def end(processes: Sequence[subprocess.Popen[bytes] | psutil.Process]) -> None:
    """Ends processes: politely, and after GRACE seconds not."""
    for process in processes:
        process.terminate()
    deadline = time.monotonic() + GRACE
    for process in processes:
        try:
            process.wait(max(0, deadline - time.monotonic()))
        except (subprocess.TimeoutExpired, psutil.TimeoutExpired):
            process.kill()
            process.wait()


def end_left_behind(record: Path) -> int:
    """Ends what a killed supervisor left running, by its record; gives how many those were."""
    try:
        known = json.loads(record.read_text())
    except (FileNotFoundError, ValueError):
        return 0
    left = [process for pid, born in known.items() if (process := _same(int(pid), born))]
    end(left)
    record.unlink()
    return len(left)


def _same(pid: int, born: float) -> psutil.Process | None:
    """Process `pid` if it is still the one that was started at `born`."""
    try:
        process = psutil.Process(pid)
        return process if process.create_time() == born else None
    except psutil.NoSuchProcess:
        return None
