"""From due times to rows: what becomes a run, what is missed or skipped, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from jupyter_deploy.domain.runs import RunState
from jupyter_deploy.domain.schedule import Schedule

#: A due time older than this was missed; a younger one is merely a little late.
GRACE = timedelta(seconds=60)


@dataclass(frozen=True)
class Firing:
    """The one row of a due time; `reason` is a sentence unless it is queued."""

    due_at: datetime
    state: RunState
    reason: str | None


def plan(
    schedule: Schedule,
    due_times: Sequence[datetime],
    now: datetime,
    *,
    more: bool,
    blocked_by: int | None,
) -> list[Firing]:
    """One firing per due time, in their order.

    `more` tells that later due times follow in another batch, `blocked_by` is
    an open run of the deployment.
    """
    runs = _to_run(schedule, due_times, now, more)
    return [_firing(schedule, due, due in runs, blocked_by) for due in due_times]


def _to_run(
    schedule: Schedule, due_times: Sequence[datetime], now: datetime, more: bool
) -> set[datetime]:
    if schedule.catch_up == "all":
        return set(due_times)
    newest = set() if more else set(due_times[-1:])
    if schedule.catch_up == "none":
        return {due for due in newest if now - due <= GRACE}
    return newest


def _firing(schedule: Schedule, due: datetime, runs: bool, blocked_by: int | None) -> Firing:
    if not runs:
        return Firing(due, RunState.MISSED, f"Missed: nothing was running here at {due:%H:%M}.")
    if blocked_by is not None and schedule.overlap == "skip":
        return Firing(due, RunState.SKIPPED, f"Skipped: run {blocked_by} was still open.")
    return Firing(due, RunState.QUEUED, None)
