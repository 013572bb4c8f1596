"""When no new run is started, because the machine is short of something.

What runs already goes on; what is queued keeps its order and waits.
"""

from __future__ import annotations

import errno
import logging

from jupyter_deploy.domain.caps import MB, Watermarks, amount
from jupyter_deploy.durable import is_full
from jupyter_deploy.engine.reserve import Reserve
from jupyter_deploy.ports.machine import Machine

#: Bytes without which no attempt can so much as say how it ended.
FULL = MB
#: Faults of a disk that do not go away with the next run.
_FAULTS = (errno.EROFS, errno.EIO)

log = logging.getLogger(__name__)


def shortage(disk: int, memory: int, marks: Watermarks) -> str | None:
    """Why no run may start with so many bytes free, None when one may."""
    if disk < FULL:
        return f"Runs wait: the disk is full, {amount(disk)} are free."
    if disk < marks.disk:
        return (
            f"Runs wait: {amount(disk)} of disk are free, "
            f"c.Deploy.min_free_disk is {amount(marks.disk)}."
        )
    if memory < marks.memory:
        return (
            f"Runs wait: {amount(memory)} of memory are available, "
            f"c.Deploy.min_free_memory is {amount(marks.memory)}."
        )
    return None


class Pressure:
    """Asked before runs are claimed."""

    def __init__(self, machine: Machine, marks: Watermarks, reserve: Reserve) -> None:
        self._machine = machine
        self._marks = marks
        self._reserve = reserve
        self._said: str | None = None
        self._broken = False

    def holding(self) -> str | None:
        """Why no run may start now, as a sentence; None when one may."""
        why = (
            self._fault()
            or shortage(self._machine.free_disk(), self._machine.free_memory(), self._marks)
            or self._without_reserve()
        )
        self._say(why)
        return why

    def not_started(self, error: Exception) -> None:
        """A run could not be started: where it is the disk, the next ones have to wait."""
        if is_full(error):
            self._reserve.release()
        elif isinstance(error, OSError) and error.errno in _FAULTS:
            self._broken = True

    def _fault(self) -> str | None:
        if not self._broken:
            return None
        try:
            self._machine.write()
        except OSError as error:
            return f"Runs wait: the data directory cannot be written: {error.strerror}."
        self._broken = False
        return None

    def _without_reserve(self) -> str | None:
        if self._reserve.keep() or not self._reserve.released:
            return None
        return "Runs wait: the disk was full, and there is no room for the reserve yet."

    def _say(self, why: str | None) -> None:
        """In the log once, not with every byte that comes and goes."""
        if (why is None) == (self._said is None):
            return
        self._said = why
        if why is None:
            log.info("there is room again: runs are started")
        else:
            log.warning("%s", why)
