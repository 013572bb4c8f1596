"""The end of a runner whose engine may not run it any more."""

from __future__ import annotations

import os
import signal
import threading
import time
from contextlib import suppress
from pathlib import Path

from jupyter_deploy.deadline import LAPSED, Deadline, boot_time
from jupyter_deploy.family import end, members
from jupyter_deploy.runner.task import Terms

#: Seconds between looks.
LOOK = 0.2


def obey(terms: Terms, folder: Path) -> None:
    """End this process and all of its attempt when the lease lapses, from now on.

    Also while the notebook keeps the main thread busy. A lease that has lapsed
    already ends it here and now.
    """
    watch = _Watch(terms, folder)
    watch.look()
    threading.Thread(target=watch.keep_looking, name="deadline", daemon=True).start()


class _Watch:
    def __init__(self, terms: Terms, folder: Path) -> None:
        self._terms = terms
        self._folder = folder
        self._until = 0.0

    def keep_looking(self) -> None:
        while True:
            time.sleep(LOOK)
            self.look()

    def look(self) -> None:
        try:
            deadline = Deadline.read(self._terms.file)
        except (OSError, ValueError):
            lapsed = boot_time() >= self._until  # what was read last still holds
        else:
            self._until = deadline.until
            lapsed = not deadline.holds(self._terms.term)
        if lapsed:
            self._end()

    def _end(self) -> None:
        with suppress(OSError):
            (self._folder / LAPSED).touch()
        # The guard stays, and ends what gets away.
        end(lambda: members(self._folder, os.getpid(), os.getppid()))
        os.kill(os.getpid(), signal.SIGKILL)
