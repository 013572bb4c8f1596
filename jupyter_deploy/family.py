"""The processes of an attempt: found by cookie and by descent, and ended.

Whoever left its session and cleared its environment still descends from the guard,
since orphans are given to the runner or the guard (`runner/guard.py`). The cookie
finds those whose guard is dead, and where orphans cannot be adopted.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import psutil

#: In the environment of every process of an attempt: its folder.
COOKIE = "JUPYTER_DEPLOY_ATTEMPT"
#: Seconds until those that nobody can end are left alone.
PATIENCE = 2.0
#: Seconds that the killed have to die before the next look.
PAUSE = 0.005


def bears(process: psutil.Process, folder: Path) -> bool:
    """Whether it carries the cookie of the attempt in this folder."""
    with suppress(psutil.Error, OSError):
        return process.environ().get(COOKIE) == f"{folder}"
    return False


def members(folder: Path, root: int | None, spared: int | None = None) -> list[psutil.Process]:
    """All below the process `root` and all bearers, but neither `root` nor the spared one."""
    found = {process.pid: process for process in psutil.process_iter() if bears(process, folder)}
    found.update((process.pid, process) for process in below(root))
    return [process for pid, process in found.items() if pid not in (root, spared)]


def below(pid: int | None) -> list[psutil.Process]:
    """All that descend from this process; nothing for one that is dead."""
    try:
        return psutil.Process(pid).children(recursive=True) if pid else []
    except psutil.Error:
        return []


def end(find: Callable[[], list[psutil.Process]], patience: float = PATIENCE) -> bool:
    """Kill what `find` gives until it gives only the dead, for `patience` seconds at most.

    Whether all are dead. They are not reaped: that is their parents' affair.
    """
    give_up = time.monotonic() + patience
    while True:
        alive = [process for process in find() if _kill(process)]
        if not alive:
            return True
        if time.monotonic() > give_up:
            return False
        time.sleep(PAUSE)


def _kill(process: psutil.Process) -> bool:
    """Whether it was alive; also one that seems dead may have threads that live on."""
    try:
        alive = process.status() != psutil.STATUS_ZOMBIE
        process.kill()
    except psutil.AccessDenied:  # another user's by now
        return True
    except psutil.Error:
        return False
    return alive
