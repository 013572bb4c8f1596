"""What is kept of past runs to tell how things usually go."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime

from jupyter_deploy.domain.ledger import Entry
from jupyter_deploy.domain.runs import CellTime, Run, RunState


@dataclass(frozen=True)
class Past:
    """A run as its deployment's history has it. `cell` is the one that it failed in."""

    id: int
    version: int
    state: RunState
    verdict: str | None
    reason: str | None
    cell: int | None
    due_at: datetime | None
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None

    @classmethod
    def of(cls, run: Run) -> Past:
        return cls(**{member.name: getattr(run, member.name) for member in fields(cls)})

    @property
    def at(self) -> datetime:
        """The time that it was for, else when it began."""
        return self.due_at or self.started_at or self.created_at

    @property
    def seconds(self) -> float | None:
        if self.started_at is None or self.ended_at is None:
            return None
        return (self.ended_at - self.started_at).total_seconds()


@dataclass(frozen=True)
class Failing:
    """No run has been good since: `since` is the first that failed, `newest` the last one."""

    since: Past
    newest: Past
    runs: int
    last_good: Past | None


def cell_times(entries: Iterable[Entry]) -> tuple[CellTime, ...]:
    """Of each cell that was begun, in the order of the notebook. Raises ValueError."""
    found: dict[int | None, CellTime] = {}
    for entry in entries:
        if entry.kind == "cell_started":
            cell = entry.data["cell"]
            found[cell] = CellTime(cell, "unfinished", 0.0)
        elif entry.kind == "cell_finished":
            cell, seconds = entry.data["cell"], float(entry.data["duration"])
            if not math.isfinite(seconds):
                raise ValueError(f"{seconds} is no duration")
            found[cell] = CellTime(cell, str(entry.data["status"]), round(seconds, 3))
    return tuple(found.values())
