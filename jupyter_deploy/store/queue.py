"""Runs on their way into the queue and out of it.

Invariant: a run leaves the queue for a runner only here, and every time with a
higher fence; an attempt with an older one can change nothing any more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    ScalarSelect,
    Select,
    func,
    insert,
    or_,
    select,
    update,
)

from jupyter_deploy.domain.backlog import MAX_QUEUED, Backlog
from jupyter_deploy.domain.durations import in_words
from jupyter_deploy.domain.policies import Policies
from jupyter_deploy.domain.preflight import TRIGGER
from jupyter_deploy.domain.runs import RunState
from jupyter_deploy.errors import NotFound, TooMany
from jupyter_deploy.ports.store import Claim, NewRun
from jupyter_deploy.store import deployments as live
from jupyter_deploy.store.rows import AnyRow, Transition, record, record_all
from jupyter_deploy.store.runs import one, row_of, version
from jupyter_deploy.store.schema import attempts, deployments, runs, versions


def add(connection: Connection, new: NewRun, now: datetime) -> tuple[int, bool]:
    """Queue a run; its id, and False when the key started it before. Raises TooMany."""
    row = live.find(connection, new.deployment)
    if new.key is not None:
        query = select(runs.c.id).where(
            runs.c.deployment_id == row.id, runs.c.idempotency_key == new.key
        )
        held = connection.execute(query).scalar_one_or_none()
        if held is not None:
            return held, False
    if backlog(connection, [new.deployment]).room(new.deployment) <= 0:
        raise TooMany(
            f"As many runs of {new.deployment!r} wait already as may: {MAX_QUEUED}.",
            hint="Wait until some have run, or cancel those that are not needed.",
        )
    number = new.version or row.live_version or _newest(connection, row)
    values = {
        "version": number,
        "trigger": new.trigger,
        "why": new.why,
        "state": RunState.QUEUED,
        "created_by": new.created_by,
        "parameters": new.parameters,
        "idempotency_key": new.key,
    }
    draft = Draft(row, _policies(connection, row, number), values)
    return insert_runs(connection, [draft], now)[0], True


@dataclass(frozen=True)
class Draft:
    """A row to be: what its deployment and its version's policies do not say."""

    deployment: AnyRow
    policies: Policies
    values: dict[str, Any]


def insert_runs(connection: Connection, drafts: Sequence[Draft], now: datetime) -> list[int]:
    """Insert the rows with their events; their ids, in the same order."""
    if not drafts:
        return []
    statement = insert(runs).returning(runs.c.id, sort_by_parameter_order=True)
    rows = [_complete(draft, now) for draft in drafts]
    ids = list(connection.execute(statement, rows).scalars())
    transitions = [
        Transition(f"run.{row['state']}", row["deployment"], run_id, row["state"].value)
        for row, run_id in zip(rows, ids, strict=True)
    ]
    record_all(connection, transitions, now)
    return ids


def _complete(draft: Draft, now: datetime) -> dict[str, Any]:
    deployment, policies, values = draft.deployment, draft.policies, draft.values
    return {
        "deployment": deployment.name,
        "deployment_id": deployment.id,
        "version": deployment.live_version,
        "created_at": now,
        "fence": 0,
        "cancel_requested": False,
        "outputs": [],
        "max_running": policies.max_running,
        "priority": policies.priority,
        "expires_at": _expiry(policies, values, now),
        **values,
    }


def _expiry(policies: Policies, values: dict[str, Any], now: datetime) -> datetime | None:
    """The wait counts from the moment at which the run may start."""
    limit, start = policies.timeout.queue, values.get("not_before") or now
    return None if limit is None else start + timedelta(seconds=limit)


def _policies(connection: Connection, deployment: AnyRow, number: int) -> Policies:
    query = select(versions.c.policies).where(
        versions.c.deployment_id == deployment.id, versions.c.number == number
    )
    found = connection.execute(query).one_or_none()
    if found is None:
        raise NotFound(f"There is no version {number} of {deployment.name!r}.")
    return Policies.from_json(found.policies)


def _newest(connection: Connection, deployment: AnyRow) -> int:
    query = select(func.max(versions.c.number)).where(versions.c.deployment_id == deployment.id)
    found: int = connection.execute(query).scalar_one()
    return found


def backlog(connection: Connection, names: Sequence[str]) -> Backlog:
    waiting = select(func.count()).select_from(runs).where(runs.c.state == RunState.QUEUED)
    query = (
        select(runs.c.deployment, runs.c.id, runs.c.state)
        .where(
            runs.c.deployment.in_(names),
            runs.c.trigger != TRIGGER,
            runs.c.state.in_([RunState.QUEUED, RunState.RUNNING]),
        )
        .order_by(runs.c.id)
    )
    found: dict[str, dict[int, RunState]] = {name: {} for name in names}
    for row in connection.execute(query):
        found[row.deployment][row.id] = RunState(row.state)
    return Backlog(found, connection.execute(waiting).scalar_one())


def claim(
    connection: Connection, slots: int, executor: str, now: datetime, engine: str
) -> list[Claim]:
    claims: list[Claim] = []
    busy: list[int] = []  # deployments that another engine is at
    while len(claims) < slots:
        # One by one: each claim may use up what its deployment may have running.
        row = connection.execute(_next(now, busy)).one_or_none()
        if row is None:
            break
        if _counted_alone(connection, row) and _start(connection, row.id, now, engine):
            claims.append(_claimed(connection, row.id, executor, now, engine))
        else:
            busy.append(row.deployment_id)
    return claims


def _next(now: datetime, busy: list[int]) -> Select[Any]:
    """The first that may start and that no other engine is claiming."""
    ready = or_(runs.c.not_before.is_(None), runs.c.not_before <= now)
    return (
        select(runs.c.id, runs.c.deployment_id, runs.c.max_running)
        .where(
            runs.c.state == RunState.QUEUED, ready, _allowed(), runs.c.deployment_id.not_in(busy)
        )
        .order_by(runs.c.priority.desc(), runs.c.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )


def _counted_alone(connection: Connection, row: AnyRow) -> bool:
    """Where runs at once are limited, one engine at a time counts and claims them."""
    if row.max_running is None:
        return True
    query = select(deployments.c.id).where(deployments.c.id == row.deployment_id)
    held = connection.execute(query.with_for_update(skip_locked=True))
    return held.one_or_none() is not None


def _allowed() -> ColumnElement[bool]:
    return or_(runs.c.max_running.is_(None), _running_beside() < runs.c.max_running)


def _running_beside() -> ScalarSelect[int]:
    other = runs.alias()
    return (
        select(func.count())
        .select_from(other)
        .where(
            other.c.deployment_id == runs.c.deployment_id,
            other.c.state == RunState.RUNNING,
            other.c.trigger != TRIGGER,
        )
        .correlate(runs)
        .scalar_subquery()
    )


def _start(connection: Connection, run_id: int, now: datetime, engine: str) -> bool:
    """False when others began before the lock was ours: the next look counts them."""
    changed = connection.execute(
        update(runs)
        .where(runs.c.id == run_id, runs.c.state == RunState.QUEUED, _allowed())
        .values(
            state=RunState.RUNNING,
            engine=engine,
            fence=runs.c.fence + 1,
            reason=None,
            not_before=None,
            started_at=func.coalesce(runs.c.started_at, now),
        )
    )
    return bool(changed.rowcount)


def _claimed(
    connection: Connection, run_id: int, executor: str, now: datetime, engine: str
) -> Claim:
    row = row_of(connection, run_id)
    connection.execute(
        insert(attempts).values(
            run_id=run_id, fence=row.fence, executor=executor, started_at=now, engine=engine
        )
    )
    record(connection, "run.started", now, row.deployment, run_id, RunState.RUNNING.value)
    return Claim(one(connection, run_id), version(connection, run_id), row.fence)


def next_start(connection: Connection) -> datetime | None:
    query = select(func.min(runs.c.not_before)).where(runs.c.state == RunState.QUEUED)
    earliest: datetime | None = connection.execute(query).scalar_one()
    return earliest


def expire(connection: Connection, now: datetime) -> int:
    """Only what never started: a run that is tried again has had its turn."""
    late = select(runs).where(
        runs.c.state == RunState.QUEUED, runs.c.fence == 0, runs.c.expires_at <= now
    )
    found = connection.execute(late.with_for_update(skip_locked=True)).all()
    for row in found:
        since = row.not_before or row.created_at
        waited = in_words((row.expires_at - since).total_seconds())
        values = {
            "state": RunState.FAILED,
            "verdict": "failed",
            "fault": "timeout",
            "reason": f"It waited longer than its limit of {waited} and never started; "
            "raise the limit or let fewer runs start at the same time.",
            "ended_at": now,
        }
        connection.execute(update(runs).where(runs.c.id == row.id).values(values))
        record(connection, "run.finished", now, row.deployment, row.id, RunState.FAILED.value)
    return len(found)
