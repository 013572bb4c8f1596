"""How many runs may wait."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from jupyter_deploy.domain.runs import RunState

#: Runs that may wait, of one deployment and in all.
MAX_QUEUED = 100
MAX_QUEUED_IN_ALL = 10_000


@dataclass(frozen=True)
class Backlog:
    """Open runs of some deployments by name and id, oldest first; `queued` counts those of all."""

    open_runs: Mapping[str, Mapping[int, RunState]]
    queued: int

    def room(self, deployment: str) -> int:
        """How many more runs of it may be queued; it is one of those."""
        states = self.open_runs[deployment].values()
        own = sum(state is RunState.QUEUED for state in states)
        return max(0, min(MAX_QUEUED - own, MAX_QUEUED_IN_ALL - self.queued))
