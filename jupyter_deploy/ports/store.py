"""The database as the engine sees it. Every method is one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from jupyter_deploy.domain import reasons
from jupyter_deploy.domain.backlog import Backlog
from jupyter_deploy.domain.deployments import (
    Activity,
    Deployment,
    DueSchedule,
    Event,
    NewVersion,
    Version,
)
from jupyter_deploy.domain.engines import Member, Seen
from jupyter_deploy.domain.environment import Environment
from jupyter_deploy.domain.firing import Planned
from jupyter_deploy.domain.history import Failing, Past
from jupyter_deploy.domain.metrics import Measured
from jupyter_deploy.domain.runs import CellTime, Closing, Run, RunState
from jupyter_deploy.ports.publications import Publications, Readers


@dataclass(frozen=True)
class Claim:
    """A run that was given to an attempt with this fence."""

    run: Run
    version: Version
    fence: int


@dataclass(frozen=True)
class NewRun:
    """A run on its way into the store; `version` None is the live one, or the newest if none is.

    `again` is the run that it repeats.
    """

    deployment: str
    parameters: dict[str, Any]
    created_by: str | None
    key: str | None = None
    version: int | None = None
    again: int | None = None

    @property
    def trigger(self) -> str:
        return "manual" if self.again is None else "retry"

    @property
    def why(self) -> str:
        if self.again is None:
            return reasons.started(self.created_by)
        return reasons.started_again(self.again, self.created_by)


@dataclass(frozen=True)
class RunQuery:
    """Which runs, newest first; `before` is the id below which the page begins.

    Those that try a version are told only when their `trigger` is asked for.
    """

    deployment: str | None = None
    state: RunState | None = None
    before: int | None = None
    limit: int = 50
    trigger: str | None = None


class Store(Publications, Readers, Protocol):
    def deploy(self, new: NewVersion, now: datetime) -> tuple[Deployment, bool]:
        """Make a version live, or a candidate and queue the run that tries it.

        False when it is live already, or being tried. A candidate that is still tried
        is superseded and its run cancelled. Where the notebook lies is kept either way.
        Raises Conflict when the name belongs to another notebook or when the live version
        is not the expected one.
        """

    def deployments(self) -> list[Deployment]:
        """All that are in production, by name."""

    def deployment(self, name: str) -> Deployment:
        """Raises NotFound."""

    def versions(self, name: str) -> list[Version]:
        """Newest first. Raises NotFound."""

    def set_paused(self, name: str, paused: bool, now: datetime) -> Deployment:
        """Pausing an already paused deployment changes nothing. Raises NotFound."""

    def delete(self, name: str, now: datetime) -> Deployment:
        """Take it out of production and cancel what is queued; runs stay.

        Raises NotFound.
        """

    def add_run(self, new: NewRun, now: datetime) -> tuple[Run, bool]:
        """Queue a run; False when the key has one already.

        Raises NotFound, also for the version, and TooMany when as many wait
        already as may.
        """

    def runs(self, query: RunQuery) -> list[Run]:
        """At most `limit` runs, newest first."""

    def recent(self, limit: int) -> dict[str, list[Run]]:
        """The newest `limit` runs of every deployment in production, oldest first.

        None that tried a version, here and wherever runs are counted or remembered.

        Runs come by name, also of a deleted deployment of that name; without attempts.
        """

    def run(self, run_id: int) -> Run:
        """Raises NotFound."""

    def run_version(self, run_id: int) -> Version:
        """The version that the run executes. Raises NotFound."""

    def due_schedules(self, now: datetime, limit: int) -> list[DueSchedule]:
        """Schedules in force whose next due time is not after `now`, oldest first."""

    def next_due(self) -> datetime | None:
        """The earliest next due time of all schedules in force."""

    def fire(self, plans: Sequence[Planned], now: datetime) -> int:
        """Insert the rows of these due times and move each cursor behind the last.

        A due time that has a row keeps it: once the clock was set back, a schedule
        may begin in time that has been. A schedule that cancels the previous run
        asks its open runs to end.
        Of a schedule whose cursor has moved meanwhile, or is just being moved by
        another engine, nothing changes; how many did change is returned.
        """

    def backlog(self, deployments: Sequence[str]) -> Backlog:
        """What waits and runs of these deployments; every one of them is in it."""

    def claim(self, slots: int, executor: str, now: datetime, engine: str) -> list[Claim]:
        """Move up to `slots` queued runs to running on this engine, a new fence each.

        Higher priority first, then the older one; none before its time, none
        beyond what its deployment may have running at once.
        """

    def next_start(self) -> datetime | None:
        """The earliest time before which a queued run may not start."""

    def expire(self, now: datetime) -> int:
        """Fail the runs that have waited longer than they may; how many."""

    def running(self, engine: str) -> list[Run]:
        """The running runs that are this engine's, or nobody's."""

    def close(self, run_id: int, fence: int, closing: Closing, now: datetime) -> bool:
        """End the attempt, and its run unless another attempt follows.

        Outputs of a run that ended well wait to be published from here on. If it
        tried a candidate, that goes live, or is rejected.

        False for a stale fence or a closed run.
        """

    def request_cancel(self, run_id: int, now: datetime) -> Run:
        """Cancel a queued run at once, mark a running one.

        Raises NotFound, and Conflict for a run that has ended.
        """

    def to_cancel(self) -> list[int]:
        """Ids of the running runs that somebody wants to end."""

    def join(self, member: Member, lease: float) -> Member:
        """Enter the engine with a lease of so many seconds on the database's clock.

        While the engine is known its term goes on; that is the member returned.
        """

    def renew(self, member: Member, lease: float) -> bool:
        """A new lease from now; False when the term is over: its runs are another's."""

    def take_over(self, member: Member) -> list[Run]:
        """End the terms of engines whose lease has passed; their running runs become ours.

        So do those of engines that nobody knows: they claimed them when their term was
        over already. No two engines get the same run.
        """

    def engines(self) -> list[Seen]:
        """All that are known, the longest known first."""

    def measured(self, deployment: str, names: Sequence[str], limit: int) -> list[Measured]:
        """Metrics of the newest `limit` runs that have any, the oldest run first.

        Runs come by name, also of a deleted deployment of that name. Without `names` all metrics.
        """

    def past(
        self, deployment: str, before: int | None, limit: int, state: RunState | None = None
    ) -> list[Past]:
        """At most `limit` runs below the id `before`, newest first, also the open ones.

        Runs come by name, also of a deleted deployment of that name.
        """

    def failing(self, deployment: str) -> Failing | None:
        """The runs that failed since the last good one, however many; None without any."""

    def cells(self, run_ids: Sequence[int]) -> dict[int, tuple[CellTime, ...]]:
        """What the cells of these runs took; of none where that was not kept."""

    def prunable(self, before: datetime, limit: int) -> list[Run]:
        """At most `limit` ended runs from before then whose files may go, oldest first.

        Never a pinned one, nor the newest success of a deployment.
        """

    def prune(self, run_ids: Sequence[int], now: datetime) -> list[str]:
        """Their outputs and ledgers are gone from now on; their rows stay.

        So is what they have published, unless it is the newest of its deployment: the
        digests of such contents that nothing else needs.
        """

    def without_files(self, run_ids: Sequence[int]) -> list[int]:
        """Which of these were pruned."""

    def set_pinned(self, run_id: int, pinned: bool) -> Run:
        """A pinned run is never pruned. Raises NotFound."""

    def put_environment(self, environment: Environment) -> None:
        """Storing it again changes nothing."""

    def environment(self, digest: str) -> Environment:
        """Raises NotFound."""

    def events(self, after: int, limit: int) -> list[Event]:
        """Transitions with an id above `after`, in order."""

    def last_event(self) -> int:
        """The newest event's id, 0 when there is none."""

    def activity(self) -> Activity:
        """What is open now."""

    def dispose(self) -> None:
        """Release connections."""
