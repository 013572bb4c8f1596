"""What a guard does, with real runners and kernels."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from conftest import PATIENCE, Attempt

from jupyter_deploy.deadline import Deadline, boot_time
from jupyter_deploy.family import COOKIE

Make = Callable[..., Attempt]

#: A process whose parent, session and environment tell nobody whose it is; prints its number.
DAEMON = """\
import os, sys, time
read, write = os.pipe()
os.set_inheritable(write, True)
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        code = f'import os, time; os.write({write}, str(os.getpid()).encode()); time.sleep(60)'
        os.execve(sys.executable, [sys.executable, '-c', code], {})
    os._exit(0)
os.wait()
print('daemon', os.read(read, 20).decode(), flush=True)"""
HANG = "import time\nprint('begun', flush=True)\ntime.sleep(600)"


def daemon_of(run: Attempt) -> psutil.Process:
    text = run.until_output("daemon").data["output"]["text"]
    return psutil.Process(int(text.split()[1]))


def runner_of(run: Attempt) -> psutil.Process:
    [runner] = psutil.Process(run.running.pid).children()
    return runner


def until(look: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not look():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_a_daemon_ends_with_its_notebook(attempt: Make) -> None:
    run = attempt(DAEMON).run()
    assert run.verdict().verdict == "succeeded"
    number = int(run.stream(0).split()[1])
    assert not psutil.pid_exists(number)


def test_a_killed_runner_leaves_nothing(attempt: Make, tmp_path: Path) -> None:
    (tmp := tmp_path / "tmp").mkdir()
    run = attempt(DAEMON, HANG).start(TMPDIR=str(tmp))
    daemon = daemon_of(run)
    run.until_output("begun")
    assert list(tmp.iterdir())
    family = psutil.Process(run.running.pid).children(recursive=True)
    assert daemon in family
    killed = time.monotonic()
    runner_of(run).kill()
    run.wait()
    assert time.monotonic() - killed < 1
    assert run.lock_is_free()
    assert [process for process in family if process.is_running()] == []
    assert run.entries[-1].kind == "output"
    assert list(tmp.iterdir()) == []


def test_as_long_as_the_runner_lives_the_lock_is_held(attempt: Make) -> None:
    """A runner without a guard stops, with a result and all that is below it."""
    run = attempt(DAEMON, HANG).start()
    daemon, runner = daemon_of(run), runner_of(run)
    run.until_output("begun")
    runner.suspend()
    run.running.kill()
    run.wait()
    assert not run.lock_is_free()
    runner.resume()
    until(run.lock_is_free)
    assert not daemon.is_running()
    assert run.verdict().outcome == "runner died"
    assert "told the runner to stop in cell 2" in str(run.verdict().reason)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_wish_to_stop_is_passed_on(attempt: Make, number: int) -> None:
    run = attempt(DAEMON, HANG).start()
    daemon = daemon_of(run)
    run.until_output("begun")
    run.stop(number)
    run.wait()
    assert run.verdict(cancelled=True).state == "cancelled"
    assert not daemon.is_running()


def test_orphans_that_have_ended_leave_no_entry(attempt: Make) -> None:
    """Without taking the kernel's own exit status from those who ask for it."""
    orphans = "import os\nfor _ in range(20): os.system('true &')"
    wait = "while not os.path.exists('go'): pass"
    run = attempt(orphans, wait, "os.kill(os.getpid(), 9)").start()
    run.until(lambda entry: entry.kind == "cell_started" and entry.data["cell"] == 1)
    [kernel] = [
        child for child in runner_of(run).children() if "ipykernel_launcher" in command(child)
    ]
    until(lambda: runner_of(run).children() == [kernel])
    (run.folder / "work" / "notebooks" / "go").touch()
    run.wait()
    assert "killed from outside (SIGKILL)" in str(run.verdict().reason)


def command(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""


def test_what_bears_no_cookie_ends_at_the_deadline(attempt: Make, tmp_path: Path) -> None:
    lease = tmp_path / "lease.json"
    Deadline("term", boot_time() + 600).write(lease)
    run = attempt(DAEMON, HANG, lease={"file": str(lease), "term": "term"})
    run.start(**{COOKIE: str(run.folder)})
    daemon = daemon_of(run)
    assert COOKIE not in daemon.environ()
    run.until_output("begun")
    family = psutil.Process(run.running.pid).children(recursive=True)
    Deadline("term", boot_time()).write(lease)
    run.wait()
    assert (run.folder / "lapsed").exists()
    assert [process for process in family if process.is_running()] == []
    assert run.lock_is_free()
