"""The end of a runner whose engine may not run it any more."""

from __future__ import annotations

import os
import signal
import threading
import time
from contextlib import suppress
from pathlib import Path

import psutil

from jupyter_deploy.deadline import LAPSED, Deadline, boot_time
from jupyter_deploy.runner.environment import COOKIE
from jupyter_deploy.runner.task import Terms

#: Seconds between looks.
LOOK = 0.2
#: Processes that start others while they are being ended cannot do so for ever.
MOST_SWEEPS = 100


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
        for _ in range(MOST_SWEEPS):
            others = self._others()
            for process in others:
                with suppress(psutil.Error):
                    process.kill()
            if not others:
                break
        os.kill(os.getpid(), signal.SIGKILL)

    def _others(self) -> list[psutil.Process]:
        """Processes of this attempt beside this one."""
        found = []
        for process in psutil.process_iter():
            with suppress(psutil.Error, OSError):
                mine = process.environ().get(COOKIE) == str(self._folder)
                if mine and process.pid != os.getpid() and process.status() != "zombie":
                    found.append(process)
        return found
