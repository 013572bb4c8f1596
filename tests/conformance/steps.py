"""What the tests of runs do again and again."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from jupyter_deploy.domain.firing import Firing, Planned
from jupyter_deploy.domain.policies import Policies
from jupyter_deploy.domain.runs import Closing, Run, RunState
from jupyter_deploy.domain.schedule import Schedule
from jupyter_deploy.ports.store import NewRun, RunQuery, Store
from jupyter_deploy.testing.samples import NOW, closing, new_version

HOUR = timedelta(hours=1)
LOST = closing(
    RunState.FAILED,
    fault="lost",
    reason="It died.",
    outcome="runner died",
    cell=3,
    verdict="failed",
)


def retried(at: datetime) -> Closing:
    return replace(LOST, retry_at=at)


def deploy(
    store: Store, name: str = "sales", schedule: Schedule | None = None, **members: Any
) -> None:
    store.deploy(new_version(name, schedule=schedule, policies=Policies(**members)), NOW)


def add(store: Store, name: str = "sales", count: int = 1) -> None:
    for _ in range(count):
        store.add_run(NewRun(name, {}, None), NOW)


def fire(store: Store, *firings: Firing) -> list[Run]:
    """The runs of these due times."""
    [due] = store.due_schedules(firings[-1].due_at, 9)
    assert store.fire([Planned(due, firings, firings[-1].due_at + HOUR)], firings[-1].due_at)
    return store.runs(RunQuery(limit=len(firings)))[::-1]


def claimed(store: Store, slots: int = 9, at: timedelta = timedelta(0)) -> list[int]:
    return [claim.run.id for claim in store.claim(slots, "local", NOW + at, "here")]


def kinds(store: Store, run_id: int) -> list[str]:
    return [event.kind for event in store.events(0, 10_000) if event.run == run_id]
