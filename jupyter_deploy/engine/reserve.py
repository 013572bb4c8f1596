"""Room that is kept back on the disk, for what must be written when it is full.

A database that cannot write a byte cannot even note that a run has failed.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Protocol, TypeVar

from jupyter_deploy.domain.caps import MB
from jupyter_deploy.durable import give_room, is_full, keep_room
from jupyter_deploy.errors import DiskFull

log = logging.getLogger(__name__)

T = TypeVar("T")

#: Thousands of ends of runs fit into it.
SIZE = 32 * MB


class Spend(Protocol):
    def __call__(self, work: Callable[[], T]) -> T:
        """Do the work; once more, with more room, when the disk is full."""


def plainly(work: Callable[[], T]) -> T:
    """Do the work where no room is kept."""
    return work()


class Reserve:
    """A file that is deleted when its room is needed, and made again when there is room."""

    def __init__(self, path: Path, size: int = SIZE) -> None:
        self._path = path
        self._size = size
        #: It was needed and is not back yet.
        self.released = False

    def keep(self) -> bool:
        """Have it where the disk has room for it twice; False where it has not."""
        if self._path.exists():
            self.released = False
            return True
        try:
            if shutil.disk_usage(self._path.parent).free < 2 * self._size:
                return False
            keep_room(self._path, self._size)
        except OSError as error:
            log.warning("no room could be kept for a full disk: %s", error)
            return False
        if self.released:
            log.info("there is room on the disk again; the reserve is back")
        self.released = False
        return True

    def release(self) -> bool:
        """Give its room; False when there was none any more. Raises OSError."""
        self.released = True
        given = give_room(self._path)
        if given:
            log.error("the disk is full: %s was deleted, so that runs can end", self._path)
        return given

    def spend(self, work: Callable[[], T]) -> T:
        """Do the work; once more with the room of the reserve when the disk is full."""
        try:
            return work()
        except (DiskFull, OSError) as error:
            full = isinstance(error, DiskFull) or is_full(error)
            if not full or not self.release():
                raise
        return work()
