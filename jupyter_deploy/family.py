"""The processes of an attempt: found by cookie and by descent, and ended.

Whoever left its session and cleared its environment still descends from the guard,
since orphans are given to the runner or the guard (`runner/guard.py`). The cookie
finds those whose guard is dead, and where orphans cannot be adopted.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

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


class Found(NamedTuple):
    """A process, and its group if all of that is to be ended with it."""

    process: psutil.Process
    group: int | None = None


def members(folder: Path, root: int | None, spared: int | None = None) -> list[Found]:
    """All below the process `root` and all bearers, but neither `root` nor the spared one."""
    bearers = [Found(item) for item in psutil.process_iter() if bears(item, folder)]
    found = {item.process.pid: item for item in (*bearers, *(below(root) if root else ()))}
    return [item for pid, item in found.items() if pid not in (root, spared)]


def below(root: int) -> list[Found]:
    """All that descend from this process, with groups that neither it nor we belong to."""
    table = {item.process.pid: (item, parent) for item, parent in _all()}
    kept = {os.getpgrp(), table[root][0].group if root in table else None}
    family = [root]
    for member in family:  # which grows meanwhile
        children = [pid for pid, (_, parent) in table.items() if parent == member]
        family += [pid for pid in children if pid not in family]
    found = [table[pid][0] for pid in family[1:]]
    return [item._replace(group=None) if item.group in kept else item for item in found]


def _all() -> Iterator[tuple[Found, int]]:
    """Everything that runs here and its parent, the newest first: it may be gone at once."""
    for pid in sorted(psutil.pids(), reverse=True):
        with suppress(psutil.Error, OSError):
            process = psutil.Process(pid)
            yield Found(process, os.getpgid(pid)), process.ppid()


def end(find: Callable[[], list[Found]]) -> None:
    """Kill what `find` gives until it gives only the dead, for `PATIENCE` at most.

    They are not reaped: that is their parents' affair.
    """
    give_up = time.monotonic() + PATIENCE
    while [item for item in find() if _kill(item)] and time.monotonic() < give_up:
        time.sleep(PAUSE)


def _kill(found: Found) -> bool:
    """Whether something was alive; also what seems dead may have threads that live on.

    The group at one blow: a process that forks and ends all the time is gone when its
    number is known, but its successor is in the same group.
    """
    struck = found.group is not None and _kill_group(found.group)
    try:
        alive = found.process.status() != psutil.STATUS_ZOMBIE
        found.process.kill()
    except psutil.AccessDenied:  # another user's by now
        return True
    except psutil.Error:
        return struck
    return alive


def _kill_group(group: int) -> bool:
    try:
        os.killpg(group, signal.SIGKILL)
    except OSError:
        return False
    return True
