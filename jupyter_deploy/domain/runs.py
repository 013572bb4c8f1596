"""Runs and attempts as values."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any

from jupyter_deploy.domain.metrics import Metric
from jupyter_deploy.domain.preflight import Report


class RunState(str, Enum):
    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    MISSED = "missed"
    SKIPPED = "skipped"

    def __str__(self) -> str:
        return self.value

    @property
    def open(self) -> bool:
        return self in (RunState.QUEUED, RunState.RUNNING)


@dataclass(frozen=True)
class OutputFile:
    """A file that a run left, `size` in bytes."""

    name: str
    media_type: str
    size: int
    digest: str


@dataclass(frozen=True)
class Progress:
    """`cell` code cells of `cells` are done or under way."""

    cell: int
    cells: int


@dataclass(frozen=True)
class Attempt:
    """`engine` started it; `ledger` is its ledger's digest where engines share their files."""

    fence: int
    executor: str
    outcome: str | None
    started_at: datetime
    ended_at: datetime | None
    engine: str | None = None
    ledger: str | None = None


@dataclass(frozen=True)
class Run:
    """One intent to execute a version; terminal states never change.

    A queued run does not start before `not_before`. `why` says why the run is
    there, `reason` how it came to its state; only very old runs have no `why`.
    """

    id: int
    deployment: str
    version: int
    trigger: str
    state: RunState
    verdict: str | None
    fault: str | None
    reason: str | None
    cell: int | None
    due_at: datetime | None
    created_at: datetime
    created_by: str | None
    started_at: datetime | None
    ended_at: datetime | None
    parameters: dict[str, Any]
    fence: int
    cancel_requested: bool
    progress: Progress | None
    not_before: datetime | None = None
    why: str | None = None
    outputs: tuple[OutputFile, ...] = ()
    metrics: dict[str, float] = field(default_factory=dict)
    attempts: tuple[Attempt, ...] = ()
    pinned: bool = False
    pruned_at: datetime | None = None


@dataclass(frozen=True)
class CellTime:
    """What a cell took; `cell` is its place in the captured notebook, None for the parameters.

    `status` is ok, error or skipped, and `unfinished` of a cell that was cut off.
    """

    cell: int | None
    status: str
    seconds: float


@dataclass(frozen=True)
class Closing:
    """How an attempt ended and what that means for its run.

    With `retry_at` the run is queued again and the rest describes the attempt.
    `report` is there where the run tried a version.
    """

    state: RunState
    verdict: str | None
    fault: str | None
    reason: str | None
    cell: int | None
    outcome: str
    progress: Progress | None = None
    outputs: tuple[OutputFile, ...] = ()
    metrics: tuple[Metric, ...] = ()
    cells: tuple[CellTime, ...] = ()
    retry_at: datetime | None = None
    ledger: str | None = None
    report: Report | None = None
