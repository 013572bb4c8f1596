"""This engine's right to run beside others, and what becomes of it when it lapses.

The lease is kept on the database's clock. Runners cannot ask the database: a file
tells them until when they may live, and they end themselves a good while before
another engine may take their runs.
"""

from __future__ import annotations

import logging
import time
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

from jupyter_deploy.deadline import Deadline, boot_time
from jupyter_deploy.domain.engines import Member
from jupyter_deploy.engine.watcher import Watcher
from jupyter_deploy.ports.store import Store

log = logging.getLogger(__name__)

#: The part of a lease after which it is renewed, and until which runners live.
RENEWED = 1 / 4
LIVED = 5 / 6
#: Seconds between looks for engines that have fallen silent.
LOOK = 1.0


class Lease:
    """Held while `hold` is called often enough; `file` tells runners."""

    def __init__(
        self, store: Store, watcher: Watcher, member: Member, seconds: float, file: Path
    ) -> None:
        self._store = store
        self._watcher = watcher
        self.member = member
        self._seconds = seconds
        self.file = file
        self._renew_at = 0.0
        self._look_at = 0.0

    def begin(self) -> None:
        """Join the engines, in the term of before if nobody has ended it, else in a new one."""
        began = boot_time()
        anew = replace(self.member, term=uuid4().hex)
        self.member = self._store.join(anew, self._seconds)
        self._tell(began)

    def hold(self) -> None:
        """Renew the lease when it is time; without it every run here is given up.

        Raises Unavailable; nothing may be started then.
        """
        began = boot_time()
        if began < self._renew_at:
            return
        if self._store.renew(self.member, self._seconds):
            self._tell(began)
        else:
            self._lose()

    def take_over(self) -> bool:
        """Take the runs of silent engines; True when there were any."""
        now = time.monotonic()
        if now < self._look_at:
            return False
        self._look_at = now + LOOK
        runs = self._store.take_over(self.member)
        for run in runs:
            log.warning("run %s is taken over from an engine that fell silent", run.id)
            self._watcher.watch(self._watcher.placement(run.id, run.fence))
        return bool(runs)

    @property
    def pause(self) -> float:
        """The longest sleep with which no renewal is late."""
        return min(LOOK, self._seconds * RENEWED)

    def _lose(self) -> None:
        log.error("the lease ran out: other engines have taken what ran here")
        self._watcher.give_up()
        self.begin()
        # Claimed after the others had looked: nobody but this engine knows of those.
        self._watcher.adopt()

    def _tell(self, began: float) -> None:
        self._renew_at = began + self._seconds * RENEWED
        deadline = Deadline(self.member.term, began + self._seconds * LIVED)
        self._watcher.spend(lambda: deadline.write(self.file))
