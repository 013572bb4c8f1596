"""From schedules to queued runs."""

from __future__ import annotations

from datetime import datetime, timedelta

from jupyter_deploy.domain.deployments import DueSchedule
from jupyter_deploy.domain.firing import plan
from jupyter_deploy.engine.turns import take_turns
from jupyter_deploy.ports.clock import Clock
from jupyter_deploy.ports.store import Store
from jupyter_deploy.timetable import next_fires

#: Due times of one schedule that one transaction handles.
BATCH = 1000


class Scheduler:
    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def tick(self) -> bool:
        """Fire what is due; True when something was."""
        now = self._clock.now()
        due = self._store.due_schedules(now, limit=BATCH)
        take_turns(due, lambda item: self._fire(item, now))
        return bool(due)

    def seconds_to_next(self) -> float | None:
        """How long until something is due; None when nothing is scheduled."""
        due = self._store.next_due()
        if due is None:
            return None
        return max(0.0, (due - self._clock.now()) / timedelta(seconds=1))

    def _fire(self, item: DueSchedule, now: datetime) -> None:
        schedule = item.schedule
        # One more than a batch: the first due time behind the batch is the next cursor.
        times = next_fires(schedule.cron, schedule.timezone, item.cursor, BATCH + 1, until=now)
        batch, more = times[:BATCH], len(times) > BATCH
        firings = plan(
            schedule,
            batch,
            now,
            more=more,
            open_runs=self._store.open_runs(item.deployment),
            room=self._store.room(item.deployment),
        )
        after = firings[-1].due_at if firings else now
        following = next_fires(schedule.cron, schedule.timezone, after, 1)
        self._store.fire(item, firings, following[0] if following else None, now)
