"""Runs and attempts in the database."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import Connection, func, insert, select, update

from jupyter_deploy.domain.deployments import Version
from jupyter_deploy.domain.runs import Closing, Run, RunState
from jupyter_deploy.errors import Conflict, NotFound
from jupyter_deploy.ports.store import Claim, NewRun, RunQuery
from jupyter_deploy.store import deployments as live
from jupyter_deploy.store.rows import AnyRow, record, run_of, version_of, with_attempts
from jupyter_deploy.store.schema import attempts, deployments, runs, versions


def add(connection: Connection, new: NewRun, now: datetime) -> tuple[int, bool]:
    """Queue a run; its id, and False when the key started it before."""
    row = live.find(connection, new.deployment)
    if new.key is not None:
        query = select(runs.c.id).where(
            runs.c.deployment_id == row.id, runs.c.idempotency_key == new.key
        )
        held = connection.execute(query).scalar_one_or_none()
        if held is not None:
            return held, False
    values: dict[str, object] = {
        "trigger": "manual",
        "state": RunState.QUEUED,
        "created_by": new.created_by,
        "parameters": new.parameters,
        "idempotency_key": new.key,
    }
    return insert_run(connection, row, values, now), True


def insert_run(
    connection: Connection, deployment: AnyRow, values: dict[str, object], now: datetime
) -> int:
    """Insert a row for the deployment's live version and its event."""
    result = connection.execute(
        insert(runs).values(
            deployment=deployment.name,
            deployment_id=deployment.id,
            version=deployment.live_version,
            created_at=now,
            fence=0,
            cancel_requested=False,
            outputs=[],
            **values,
        )
    )
    key = result.inserted_primary_key
    assert key is not None
    state = RunState(str(values["state"]))
    record(connection, f"run.{state.value}", now, deployment.name, key[0], state.value)
    return int(key[0])


def page(connection: Connection, query: RunQuery) -> list[Run]:
    statement = select(runs).order_by(runs.c.id.desc()).limit(query.limit)
    if query.deployment is not None:
        statement = statement.where(runs.c.deployment == query.deployment)
    if query.state is not None:
        statement = statement.where(runs.c.state == query.state)
    if query.before is not None:
        statement = statement.where(runs.c.id < query.before)
    return with_attempts(connection, connection.execute(statement).all())


def recent(connection: Connection, limit: int) -> dict[str, list[Run]]:
    newest = (
        select(runs.c.id)
        .where(runs.c.deployment == deployments.c.name)
        .order_by(runs.c.id.desc())
        .limit(limit)
        .correlate(deployments)
        .scalar_subquery()
    )
    query = (
        select(runs)
        .select_from(deployments.join(runs, runs.c.id.in_(newest)))
        .where(deployments.c.deleted_at.is_(None))
        .order_by(runs.c.id)
    )
    found: dict[str, list[Run]] = {}
    for row in connection.execute(query):
        found.setdefault(row.deployment, []).append(run_of(row))
    return found


def one(connection: Connection, run_id: int) -> Run:
    return with_attempts(connection, [_row(connection, run_id)])[0]


def version(connection: Connection, run_id: int) -> Version:
    row = _row(connection, run_id)
    query = select(versions).where(
        versions.c.deployment_id == row.deployment_id, versions.c.number == row.version
    )
    return version_of(connection.execute(query).one())


def open_ids(connection: Connection, deployment: str) -> list[int]:
    query = (
        select(runs.c.id)
        .where(
            runs.c.deployment == deployment,
            runs.c.state.in_([RunState.QUEUED, RunState.RUNNING]),
        )
        .order_by(runs.c.id)
    )
    return list(connection.execute(query).scalars())


def claim(connection: Connection, slots: int, executor: str, now: datetime) -> list[Claim]:
    query = (
        select(runs.c.id).where(runs.c.state == RunState.QUEUED).order_by(runs.c.id).limit(slots)
    )
    ids = list(connection.execute(query).scalars())
    return [_claim_one(connection, run_id, executor, now) for run_id in ids]


def _claim_one(connection: Connection, run_id: int, executor: str, now: datetime) -> Claim:
    connection.execute(
        update(runs)
        .where(runs.c.id == run_id)
        .values(
            state=RunState.RUNNING,
            fence=runs.c.fence + 1,
            started_at=func.coalesce(runs.c.started_at, now),
        )
    )
    row = _row(connection, run_id)
    connection.execute(
        insert(attempts).values(run_id=run_id, fence=row.fence, executor=executor, started_at=now)
    )
    record(connection, "run.started", now, row.deployment, run_id, RunState.RUNNING.value)
    return Claim(one(connection, run_id), version(connection, run_id), row.fence)


def running(connection: Connection) -> list[Run]:
    query = select(runs).where(runs.c.state == RunState.RUNNING).order_by(runs.c.id)
    return with_attempts(connection, connection.execute(query).all())


def close(connection: Connection, run_id: int, fence: int, closing: Closing, now: datetime) -> bool:
    changed = connection.execute(
        update(runs)
        .where(runs.c.id == run_id, runs.c.fence == fence, runs.c.state == RunState.RUNNING)
        .values(
            state=closing.state,
            verdict=closing.verdict,
            fault=closing.fault,
            reason=closing.reason,
            cell=closing.cell,
            ended_at=now,
            progress=asdict(closing.progress) if closing.progress else None,
            outputs=[asdict(item) for item in closing.outputs],
        )
    )
    if not changed.rowcount:
        return False
    connection.execute(
        update(attempts)
        .where(attempts.c.run_id == run_id, attempts.c.fence == fence)
        .values(outcome=closing.outcome, ended_at=now)
    )
    row = _row(connection, run_id)
    record(connection, "run.finished", now, row.deployment, run_id, closing.state.value)
    return True


def request_cancel(connection: Connection, run_id: int, now: datetime) -> None:
    row = _row(connection, run_id)
    if row.state == RunState.QUEUED:
        connection.execute(
            update(runs)
            .where(runs.c.id == run_id)
            .values(
                state=RunState.CANCELLED,
                fault="cancelled",
                reason="Cancelled before it started.",
                ended_at=now,
                cancel_requested=True,
            )
        )
        record(
            connection,
            "run.cancelled",
            now,
            row.deployment,
            run_id,
            RunState.CANCELLED.value,
        )
    elif row.state == RunState.RUNNING:
        connection.execute(update(runs).where(runs.c.id == run_id).values(cancel_requested=True))
    else:
        raise Conflict(
            f"Run {run_id} has already ended ({row.state}).",
            hint="Only queued and running runs can be cancelled.",
        )


def _row(connection: Connection, run_id: int) -> AnyRow:
    row = connection.execute(select(runs).where(runs.c.id == run_id)).one_or_none()
    if row is None:
        raise NotFound(f"There is no run {run_id}.", hint="`jupyter deploy runs` shows them.")
    return row
