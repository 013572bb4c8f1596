"""The part of the store in memory that is about past runs: metrics, cells, since when it fails."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from jupyter_deploy.domain.history import Failing, Past
from jupyter_deploy.domain.metrics import Measured
from jupyter_deploy.domain.preflight import TRIGGER
from jupyter_deploy.domain.runs import CellTime, Closing, Run, RunState


@dataclass
class Remembered:
    """By the number of the run."""

    measured: dict[int, list[Measured]] = field(default_factory=dict)
    cells: dict[int, tuple[CellTime, ...]] = field(default_factory=dict)


def _is_of(run: Run, deployment: str) -> bool:
    return run.deployment == deployment and run.trigger != TRIGGER


class Archive:
    _remembered: Remembered
    _runs: list[Run]

    def _remember(self, run: Run, closing: Closing) -> None:
        named = {metric.name: metric for metric in closing.metrics}
        self._remembered.cells[run.id] = closing.cells
        self._remembered.measured[run.id] = [
            Measured(run.id, run.started_at, named[name]) for name in sorted(named)
        ]

    def measured(self, deployment: str, names: Sequence[str], limit: int) -> list[Measured]:
        runs = [run for run in self._runs if _is_of(run, deployment) and run.metrics]
        found = [one for run in runs[-limit:] for one in self._remembered.measured[run.id]]
        return [one for one in found if not names or one.metric.name in names]

    def past(
        self, deployment: str, before: int | None, limit: int, state: RunState | None = None
    ) -> list[Past]:
        found = [
            run
            for run in self._runs
            if _is_of(run, deployment)
            and state in (None, run.state)
            and (before is None or run.id < before)
        ]
        return [Past.of(run) for run in found[::-1][:limit]]

    def failing(self, deployment: str) -> Failing | None:
        good = self.past(deployment, None, 1, RunState.SUCCEEDED)
        failed = self.past(deployment, None, len(self._runs), RunState.FAILED)
        streak = [run for run in failed if not good or run.id > good[0].id]
        if not streak:
            return None
        return Failing(streak[-1], streak[0], len(streak), good[0] if good else None)

    def cells(self, run_ids: Sequence[int]) -> dict[int, tuple[CellTime, ...]]:
        kept = self._remembered.cells
        return {number: kept[number] for number in run_ids if kept.get(number)}
