"""The processes of an attempt: found by cookie and by descent, and ended.

Whoever left its session and cleared its environment still descends from the guard,
since orphans are given to the runner or the guard (`runner/guard.py`). The cookie
finds those whose guard is dead, and where orphans cannot be adopted.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator, Mapping, Set
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


class Group(NamedTuple):
    """A process group, and its leader while that is there.

    The number of an empty group is free: soon it may be that of anybody's process.
    """

    number: int
    leader: psutil.Process | None

    @classmethod
    def of(cls, number: int) -> Group:
        """The group as it is now; its processes have to be somebody's that is known."""
        return cls(number, _process(number))

    def kill(self) -> bool:
        """Whether there was something to kill."""
        leader = _process(self.number)
        if leader is not None and leader != self.leader:
            return False
        try:
            os.killpg(self.number, signal.SIGKILL)
        except OSError:
            return False
        return True


def _process(pid: int) -> psutil.Process | None:
    try:
        return psutil.Process(pid)
    except psutil.Error:
        return None


class Found(NamedTuple):
    """A process, and its group if all of that is to be ended with it."""

    process: psutil.Process
    group: Group | None = None


def members(folder: Path, root: int | None, spared: int | None = None) -> list[Found]:
    """All below the process `root` and all bearers, but neither `root` nor the spared one."""
    bearers = [Found(item) for item in psutil.process_iter() if bears(item, folder)]
    found = {item.process.pid: item for item in (*bearers, *(below(root) if root else ()))}
    return [item for pid, item in found.items() if pid not in (root, spared)]


def below(root: int) -> list[Found]:
    """All that descend from this process, with groups of their own."""
    table = {entry.process.pid: entry for entry in _all()}
    family = [root]
    for member in family:  # which grows meanwhile
        children = [pid for pid, entry in table.items() if entry.parent == member]
        family += [pid for pid in children if pid not in family]
    kept = {os.getpgrp(), table[root].group if root in table else None}
    # A leader of another family is no leader of ours: the number is used anew.
    kept |= {pid for pid in table if pid not in family[1:]}
    return [_found(table, pid, kept) for pid in family[1:]]


def _found(table: Mapping[int, _Entry], pid: int, kept: Set[int | None]) -> Found:
    entry = table[pid]
    if entry.group in kept:
        return Found(entry.process)
    leader = table[entry.group].process if entry.group in table else None
    return Found(entry.process, Group(entry.group, leader))


class _Entry(NamedTuple):
    process: psutil.Process
    group: int
    parent: int


def _all() -> Iterator[_Entry]:
    """Everything that runs here, the newest first: it may be gone at once."""
    for pid in sorted(psutil.pids(), reverse=True):
        with suppress(psutil.Error, OSError):
            process = psutil.Process(pid)
            yield _Entry(process, os.getpgid(pid), process.ppid())


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
    struck = found.group is not None and found.group.kill()
    try:
        alive = found.process.status() != psutil.STATUS_ZOMBIE
        found.process.kill()
    except psutil.AccessDenied:  # another user's by now
        return True
    except psutil.Error:
        return struck
    return alive
