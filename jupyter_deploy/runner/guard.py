"""The process above a runner, which lets nothing of the attempt outlive it.

The engine starts the guard; the guard starts the runner, waits, and when the runner
has ended, however it did, ends all that descends from it. Guard and runner adopt
orphans (Linux), so that leaving the session, forking twice or clearing the environment
hides from neither. Both hold the attempt's lock: it is free when both are dead.

When the guard itself is killed the runner is told to stop (SIGTERM): it interrupts its
cell, ends all below itself and leaves a result. Where orphans cannot be adopted (macOS)
those that bear the attempt's cookie are found, and a runner without guard goes on.

Only the standard library until the runner is on its way: both start at once.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import FrameType

#: Signals that are passed on: please stop.
PASSED_ON = (signal.SIGTERM, signal.SIGINT)
#: Seconds for ending what a runner left.
PATIENCE = 5.0
#: Of Linux's prctl.
_SET_PDEATHSIG = 1
_SET_CHILD_SUBREAPER = 36


def sockets_of(guard: int) -> str:
    """How the temporary folder for a kernel's sockets begins; the guard removes what is left."""
    return f"deploy-kernel-{guard}-"


def under_guard(folder: Path, work: Callable[[], int]) -> int:
    """The exit code of `work`, done in a child of this process; 1 when that was killed.

    Returns in both processes. Nothing that descends from the child is alive then.
    """
    _adopt_orphans()
    signal.pthread_sigmask(signal.SIG_BLOCK, PASSED_ON)
    guard = os.getpid()
    runner = os.fork()
    if runner == 0:
        _follow(guard)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, PASSED_ON)
        return work()
    return _guard(folder, runner)


def _adopt_orphans() -> None:
    """Be the parent of descendants that lose theirs."""
    _prctl(_SET_CHILD_SUBREAPER, 1)


def _follow(guard: int) -> None:
    """Be a runner that stops when its guard is killed."""
    _adopt_orphans()
    _prctl(_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != guard:  # killed before it could be followed
        sys.exit(1)


def _prctl(option: int, value: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


def _guard(folder: Path, runner: int) -> int:
    def pass_on(number: int, _frame: FrameType | None) -> None:
        with suppress(ProcessLookupError):
            os.kill(runner, number)

    for number in PASSED_ON:
        signal.signal(number, pass_on)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, PASSED_ON)
    # Loaded beside the runner's own start, so that it is there when time counts.
    from jupyter_deploy.family import end, members

    status = os.waitpid(runner, 0)[1]
    for number in PASSED_ON:
        signal.signal(number, signal.SIG_IGN)
    give_up = time.monotonic() + PATIENCE
    while True:
        end(lambda: members(folder, os.getpid()))
        # Looking may miss who forks all the time; having no child is proof.
        if _reaped_all() or time.monotonic() > give_up:
            _tidy()
            return os.WEXITSTATUS(status) if os.WIFEXITED(status) else 1


def _tidy() -> None:
    for left in Path(tempfile.gettempdir()).glob(f"{sockets_of(os.getpid())}*"):
        shutil.rmtree(left, ignore_errors=True)


def _reaped_all() -> bool:
    """Whether no child is alive; of the dead no entry is left in the table of processes."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            continue
    except ChildProcessError:
        return True
    return False
