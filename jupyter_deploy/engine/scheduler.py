"""From schedules to queued runs."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from jupyter_deploy.domain.backlog import Backlog
from jupyter_deploy.domain.deployments import DueSchedule
from jupyter_deploy.domain.firing import Planned, plan
from jupyter_deploy.engine.turns import take_turns
from jupyter_deploy.errors import Unavailable
from jupyter_deploy.ports.clock import Clock
from jupyter_deploy.ports.store import Store
from jupyter_deploy.timetable import next_fires

#: Due times of one schedule that one transaction handles, and rows from which it is full.
BATCH = 1000
#: Schedules that one tick handles.
AT_ONCE = 1000


class Scheduler:
    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def tick(self) -> bool:
        """Fire what is due; True when something was."""
        now = self._clock.now()
        due = self._store.due_schedules(now, limit=AT_ONCE)
        if due:
            _Firing(self._store, due, now).run()
        return bool(due)

    def seconds_to_next(self) -> float | None:
        """How long until something is due; None when nothing is scheduled."""
        due = self._store.next_due()
        if due is None:
            return None
        return max(0.0, (due - self._clock.now()) / timedelta(seconds=1))


class _Firing:
    """Schedules that are due at once, in as few transactions as can be."""

    def __init__(self, store: Store, due: list[DueSchedule], now: datetime) -> None:
        self._store = store
        self._due = due
        self._now = now
        self._backlog: Backlog = store.backlog([item.deployment for item in due])
        self._plans: list[Planned] = []

    def run(self) -> None:
        """Raises the first failure when all have had their turn."""
        try:
            take_turns(self._due, self._plan)
        finally:
            self._write()

    def _plan(self, item: DueSchedule) -> None:
        schedule = item.schedule
        # One more than a batch: the first due time behind the batch is the next cursor.
        times = next_fires(
            schedule.cron, schedule.timezone, item.cursor, BATCH + 1, until=self._now
        )
        batch, more = times[:BATCH], len(times) > BATCH
        firings = plan(
            schedule,
            batch,
            self._now,
            more=more,
            open_runs=self._backlog.open_runs[item.deployment],
            room=self._backlog.room(item.deployment),
        )
        after = firings[-1].due_at if firings else self._now
        following = next_fires(schedule.cron, schedule.timezone, after, 1)
        self._add(Planned(item, firings, following[0] if following else None))

    def _add(self, planned: Planned) -> None:
        self._backlog = replace(self._backlog, queued=self._backlog.queued + planned.queued)
        self._plans.append(planned)
        if sum(len(one.firings) for one in self._plans) >= BATCH:
            self._write()

    def _write(self) -> None:
        plans, self._plans = self._plans, []
        if not plans:
            return
        try:
            self._store.fire(plans, self._now)
        except Unavailable:
            raise
        except Exception:
            # One that cannot be written does not hold up the others.
            take_turns(plans, lambda one: self._store.fire([one], self._now))
