"""Rows to values and transitions to event rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from jupyter_deploy.domain.bundle import Bundle
from jupyter_deploy.domain.deployments import Event, Version
from jupyter_deploy.domain.policies import Policies
from jupyter_deploy.domain.preflight import Preflight, Tried
from jupyter_deploy.domain.publishing import read_outputs
from jupyter_deploy.domain.runs import Attempt, OutputFile, Progress, Run, RunState
from jupyter_deploy.domain.schedule import Schedule
from jupyter_deploy.store.listening import announce
from jupyter_deploy.store.metrics import metrics_by_run
from jupyter_deploy.store.schema import attempts, events

AnyRow = Row[Any]


def version_of(row: AnyRow) -> Version:
    return Version(
        number=row.number,
        state=row.state,
        digest=row.digest,
        bundle=Bundle.from_json(row.bundle),
        parameters=row.parameters,
        schedule=Schedule.from_json(row.schedule) if row.schedule else None,
        created_at=row.created_at,
        created_by=row.created_by,
        policies=Policies.from_json(row.policies),
        outputs=read_outputs(row.outputs),
        preflight=Preflight.from_json(row.preflight),
        tried=Tried.from_json(row.tried),
    )


def run_of(
    row: AnyRow, tries: Sequence[Attempt] = (), metrics: Mapping[str, float] | None = None
) -> Run:
    return Run(
        id=row.id,
        deployment=row.deployment,
        version=row.version,
        trigger=row.trigger,
        state=RunState(row.state),
        verdict=row.verdict,
        fault=row.fault,
        reason=row.reason,
        cell=row.cell,
        due_at=row.due_at,
        created_at=row.created_at,
        created_by=row.created_by,
        started_at=row.started_at,
        ended_at=row.ended_at,
        parameters=row.parameters,
        fence=row.fence,
        cancel_requested=row.cancel_requested,
        progress=Progress(**row.progress) if row.progress else None,
        not_before=row.not_before,
        why=row.why,
        pinned=row.pinned,
        pruned_at=row.pruned_at,
        outputs=tuple(OutputFile(**item) for item in row.outputs),
        attempts=tuple(tries),
        metrics=dict(metrics or {}),
    )


def attempt_of(row: AnyRow) -> Attempt:
    return Attempt(
        fence=row.fence,
        executor=row.executor,
        outcome=row.outcome,
        started_at=row.started_at,
        ended_at=row.ended_at,
        engine=row.engine,
        ledger=row.ledger,
    )


def with_attempts(connection: Connection, rows: Sequence[AnyRow]) -> list[Run]:
    """The runs of these rows with their attempts and metrics, in three queries."""
    if not rows:
        return []
    ids = [row.id for row in rows]
    tries: dict[int, list[Attempt]] = {}
    query = select(attempts).where(attempts.c.run_id.in_(ids)).order_by(attempts.c.fence)
    for row in connection.execute(query):
        tries.setdefault(row.run_id, []).append(attempt_of(row))
    measured = metrics_by_run(connection, ids)
    return [run_of(row, tries.get(row.id, ()), measured.get(row.id)) for row in rows]


def event_of(row: AnyRow) -> Event:
    return Event(row.id, row.at, row.kind, row.deployment, row.run_id, row.state)


@dataclass(frozen=True)
class Transition:
    """What an event tells; of a deployment where there is no run."""

    kind: str
    deployment: str
    run_id: int | None = None
    state: str | None = None


def record(
    connection: Connection,
    kind: str,
    now: datetime,
    deployment: str,
    run_id: int | None = None,
    state: str | None = None,
) -> None:
    """Write the event of a transition in the transaction that makes it."""
    record_all(connection, [Transition(kind, deployment, run_id, state)], now)


def record_all(connection: Connection, transitions: Sequence[Transition], now: datetime) -> None:
    connection.execute(insert(events), [{**asdict(one), "at": now} for one in transitions])
    announce(connection)
