"""The supervisor, with processes that do nothing but stay or fall."""

import json
import os
import signal
import subprocess
import sys
import time

import psutil
import pytest

from shop import supervision
from shop.supervision import GaveUp, Process, Supervisor, end_left_behind

STAY = Process("stay", (sys.executable, "-c", "import time; print('here', flush=True); time.sleep(60)"))
FALL = Process("fall", (sys.executable, "-c", "raise SystemExit(3)"))


@pytest.fixture
def supervise(tmp_path):
    return lambda *processes: Supervisor(processes, logs=tmp_path / "log", record=tmp_path / "record.json")


def pids(tmp_path) -> list[int]:
    return [int(pid) for pid in json.loads((tmp_path / "record.json").read_text())]


def gone(pid: int) -> bool:
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def eventually(condition, seconds=5) -> bool:
    deadline = time.monotonic() + seconds
    while not (holds := condition()) and time.monotonic() < deadline:
        time.sleep(0.02)
    return holds


def test_processes_run_for_the_length_of_the_block(supervise, tmp_path):
    with supervise(STAY) as supervisor:
        (pid,) = pids(tmp_path)
        assert eventually(lambda: supervisor.log("stay").read_text() == "here\n")
        assert supervisor.watch() == []
    assert gone(pid)
    assert not (tmp_path / "record.json").exists()


def test_what_falls_is_started_again(supervise, tmp_path):
    with supervise(STAY) as supervisor:
        (before,) = pids(tmp_path)
        os.kill(before, signal.SIGKILL)
        assert eventually(lambda: supervisor.watch() == ["stay"])
        (after,) = pids(tmp_path)
        assert after != before
        assert not gone(after)


def test_what_falls_at_once_again_and_again_is_given_up(supervise):
    def watch_on(supervisor):
        while True:
            supervisor.watch()
            time.sleep(0.02)

    with supervise(FALL) as supervisor, pytest.raises(GaveUp, match=r"fall does not stay up: .*fall\.log says why"):
        watch_on(supervisor)


def test_who_does_not_listen_is_killed(supervise, tmp_path, monkeypatch):
    monkeypatch.setattr(supervision, "GRACE", 0.2)
    script = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"
    )
    with supervise(Process("deaf", (sys.executable, "-c", script))) as supervisor:
        assert eventually(lambda: supervisor.log("deaf").read_text())
        (pid,) = pids(tmp_path)
    assert gone(pid)


def test_a_nice_process_is_nice(supervise, tmp_path):
    with supervise(Process("nice", STAY.command, nice=10)):
        (pid,) = pids(tmp_path)
        as_nice = min(19, psutil.Process().nice() + 10)
        assert eventually(lambda: psutil.Process(pid).nice() == as_nice)


PARENT = """
import sys, time
from pathlib import Path
from shop.supervision import Process, Supervisor
folder = Path(sys.argv[1])
with Supervisor([Process("child", ("sleep", "60"))], logs=folder, record=folder / "record.json"):
    print("started", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def killed_parent(tmp_path):
    """A supervisor that was killed; gives the pid of its child."""
    with subprocess.Popen([sys.executable, "-c", PARENT, tmp_path], stdout=subprocess.PIPE) as parent:
        assert parent.stdout.readline() == b"started\n"
        parent.kill()
    return pids(tmp_path)[0]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children of their parent's death")
def test_children_end_with_a_killed_parent(killed_parent):
    assert eventually(lambda: gone(killed_parent))


def test_what_a_killed_parent_left_is_ended_at_the_next_start(tmp_path):
    with subprocess.Popen(["sleep", "60"]) as left:
        (tmp_path / "record.json").write_text(json.dumps({left.pid: psutil.Process(left.pid).create_time()}))
        assert end_left_behind(tmp_path / "record.json") == 1
        assert gone(left.pid)


def test_another_program_with_the_same_number_is_left_alone(tmp_path):
    (tmp_path / "record.json").write_text(json.dumps({os.getpid(): 1.0}))
    assert end_left_behind(tmp_path / "record.json") == 0


def test_nothing_was_left(tmp_path):
    assert end_left_behind(tmp_path / "record.json") == 0
