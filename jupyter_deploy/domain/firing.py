"""From due times to rows: what becomes a run, what is missed or skipped, and why."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from jupyter_deploy.domain import reasons
from jupyter_deploy.domain.deployments import DueSchedule
from jupyter_deploy.domain.runs import RunState
from jupyter_deploy.domain.schedule import Schedule

#: A due time older than this was missed; a younger one is merely a little late.
GRACE = timedelta(seconds=60)
#: What `catch_up: all` makes up for at the most.
MAX_CAUGHT_UP = 100
MAX_AGE = timedelta(hours=24)


@dataclass(frozen=True)
class Firing:
    """The one row of a due time; `why` says in a sentence why it fired or did not.

    A run does not start before `not_before`.
    """

    due_at: datetime
    state: RunState
    why: str
    not_before: datetime | None = None

    @property
    def reason(self) -> str | None:
        """Why it came to nothing, None when it is queued."""
        return None if self.state is RunState.QUEUED else self.why


@dataclass(frozen=True)
class Planned:
    """What becomes of a schedule's due times; the next one after them is at `next_due`."""

    due: DueSchedule
    firings: Sequence[Firing]
    next_due: datetime | None

    @property
    def cursor(self) -> datetime:
        """The last due time that is handled."""
        return self.firings[-1].due_at if self.firings else self.due.cursor

    @property
    def queued(self) -> int:
        return sum(firing.state is RunState.QUEUED for firing in self.firings)


def plan(
    schedule: Schedule,
    due_times: Sequence[datetime],
    now: datetime,
    *,
    more: bool,
    open_runs: Mapping[int, RunState],
    room: int,
) -> list[Firing]:
    """One firing per due time, in their order; a full batch of missed ones is one row.

    `more` tells that later due times follow in another batch, `open_runs` are
    those of the deployment, and `room` is how many more of them may be queued.
    """
    # Within a zone of its own Python takes both passes of an hour for one.
    due_times = [due.astimezone(timezone.utc) for due in due_times]
    if more and due_times:
        # The next batch begins with what may still be made up for.
        kept = MAX_CAUGHT_UP if schedule.catch_up == "all" else 0
        return [_missed_range(schedule, due_times[: len(due_times) - kept] or due_times)]
    to_run = _to_run(schedule, due_times, now)
    firings: list[Firing] = []
    for due in due_times:
        queued = sum(firing.state is RunState.QUEUED for firing in firings)
        if due not in to_run:
            why = reasons.missed(due, now, schedule.timezone)
            firings.append(Firing(due, RunState.MISSED, why))
            continue
        refusal = _refusal(schedule, open_runs, queued, room)
        if refusal is None:
            why = _fired(schedule, due, now)
            firings.append(Firing(due, RunState.QUEUED, why, _start(schedule, due)))
        else:
            firings.append(Firing(due, RunState.SKIPPED, refusal))
    return firings


def _to_run(schedule: Schedule, due_times: Sequence[datetime], now: datetime) -> set[datetime]:
    if schedule.catch_up == "all":
        return {due for due in due_times[-MAX_CAUGHT_UP:] if now - due <= MAX_AGE}
    newest = set(due_times[-1:])
    if schedule.catch_up == "none":
        return {due for due in newest if now - due <= GRACE}
    return newest


def _fired(schedule: Schedule, due: datetime, now: datetime) -> str:
    if now - due <= GRACE:
        return reasons.due(due, schedule.timezone)
    return reasons.made_up_for(due, now, schedule.timezone)


def _missed_range(schedule: Schedule, due_times: Sequence[datetime]) -> Firing:
    first, last = due_times[0], due_times[-1]
    why = reasons.missed_range(first, last, len(due_times), schedule.timezone)
    return Firing(last, RunState.MISSED, why)


def _refusal(
    schedule: Schedule, open_runs: Mapping[int, RunState], queued: int, room: int
) -> str | None:
    """Why a due time that should run does not, None when it does.

    `queued` runs have been queued for earlier due times of the same batch.
    """
    if schedule.overlap == "skip" and open_runs:
        return f"Skipped: run {min(open_runs)} was still open."
    if schedule.overlap == "queue_one":
        waiting = [run for run, state in open_runs.items() if state is RunState.QUEUED]
        if waiting or queued:
            which = f"run {waiting[0]}" if waiting else "the run of the due time before"
            return f"Skipped: {which} was waiting already."
    if queued >= room:
        return "Rejected: as many runs were waiting already as may."
    return None


def _start(schedule: Schedule, due: datetime) -> datetime | None:
    """A pure function of schedule and due time, so that nothing has to remember it."""
    if not schedule.jitter:
        return None
    seed = f"{schedule.cron}|{schedule.timezone}|{due.timestamp():.0f}"
    share = int.from_bytes(hashlib.sha256(seed.encode()).digest()[:4], "big") / 2**32
    return due + timedelta(seconds=share * schedule.jitter)
