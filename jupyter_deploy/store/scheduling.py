"""Due times in the database: rows and cursor move in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, bindparam, func, select, tuple_, update

from jupyter_deploy.domain.deployments import DueSchedule
from jupyter_deploy.domain.firing import Firing, Planned
from jupyter_deploy.domain.policies import Policies
from jupyter_deploy.domain.runs import RunState
from jupyter_deploy.domain.schedule import Schedule
from jupyter_deploy.store.ending import cancel_open
from jupyter_deploy.store.queue import Draft, insert_runs
from jupyter_deploy.store.rows import AnyRow
from jupyter_deploy.store.schema import deployments, runs, schedules, versions


def due(connection: Connection, now: datetime, limit: int) -> list[DueSchedule]:
    query = (
        select(schedules, deployments.c.name)
        .join(deployments)
        .where(schedules.c.in_force.is_(True), schedules.c.next_due <= now)
        .order_by(schedules.c.next_due)
        .limit(limit)
    )
    return [
        DueSchedule(row.id, row.name, Schedule.from_json(row.spec), row.cursor)
        for row in connection.execute(query)
    ]


def next_due(connection: Connection) -> datetime | None:
    query = select(func.min(schedules.c.next_due)).where(schedules.c.in_force.is_(True))
    found: datetime | None = connection.execute(query).scalar_one()
    return found


def fire(connection: Connection, plans: Sequence[Planned], now: datetime) -> int:
    plans = _unmoved(connection, plans)
    if not plans:
        return 0
    _move(connection, plans)
    done = _due_times(connection, plans)
    _insert_rows(connection, plans, done, now)
    return len(plans)


def _unmoved(connection: Connection, plans: Sequence[Planned]) -> list[Planned]:
    """Those whose cursor is still the one that was seen; no other engine moves it any more."""
    query = select(schedules.c.id, schedules.c.cursor).where(
        schedules.c.id.in_([plan.due.schedule_id for plan in plans]),
        schedules.c.in_force.is_(True),
    )
    held = {row.id: row.cursor for row in connection.execute(_locked(query))}
    return [plan for plan in plans if held.get(plan.due.schedule_id) == plan.due.cursor]


def _locked(query: Select[Any]) -> Select[Any]:
    """What another engine is at is left to it."""
    return query.with_for_update(skip_locked=True)


def _move(connection: Connection, plans: Sequence[Planned]) -> None:
    statement = (
        update(schedules)
        .where(schedules.c.id == bindparam("schedule"))
        .values(cursor=bindparam("moved"), next_due=bindparam("following"))
    )
    moves = [
        {"schedule": plan.due.schedule_id, "moved": plan.cursor, "following": plan.next_due}
        for plan in plans
    ]
    connection.execute(statement, moves)


def _due_times(connection: Connection, plans: Sequence[Planned]) -> set[tuple[int, datetime]]:
    """The due times among these that have a row already."""
    times = [(plan.due.schedule_id, firing.due_at) for plan in plans for firing in plan.firings]
    if not times:
        return set()
    columns = (runs.c.schedule_id, runs.c.due_at)
    query = select(*columns).where(tuple_(*columns).in_(times))
    return {(row.schedule_id, row.due_at) for row in connection.execute(query)}


def _insert_rows(
    connection: Connection,
    plans: Sequence[Planned],
    done: set[tuple[int, datetime]],
    now: datetime,
) -> None:
    live = _live(connection, plans)
    drafts: list[Draft] = []
    for plan in plans:
        number, deployment = plan.due.schedule_id, live[plan.due.schedule_id]
        firings = [firing for firing in plan.firings if (number, firing.due_at) not in done]
        starts = any(firing.state is RunState.QUEUED for firing in firings)
        if plan.due.schedule.overlap == "cancel_previous" and starts:
            cancel_open(connection, deployment.id, "Cancelled: the next due time came.", now)
        drafts += [_draft(plan.due, deployment, firing, now) for firing in firings]
    insert_runs(connection, drafts, now)


def _live(connection: Connection, plans: Sequence[Planned]) -> dict[int, AnyRow]:
    """The deployment of each schedule, with parameters and policies of its live version."""
    query = (
        select(
            deployments,
            versions.c.parameters,
            versions.c.policies,
            schedules.c.id.label("schedule_id"),
        )
        .join(schedules, schedules.c.deployment_id == deployments.c.id)
        .join(
            versions,
            (versions.c.deployment_id == deployments.c.id)
            & (versions.c.number == deployments.c.live_version),
        )
        .where(schedules.c.id.in_([plan.due.schedule_id for plan in plans]))
    )
    return {row.schedule_id: row for row in connection.execute(query)}


def _draft(item: DueSchedule, deployment: AnyRow, firing: Firing, now: datetime) -> Draft:
    policies = Policies.from_json(deployment.policies)
    values = {
        "trigger": "schedule",
        "schedule_id": item.schedule_id,
        "due_at": firing.due_at,
        "state": firing.state,
        "reason": firing.reason,
        "why": firing.why,
        "ended_at": None if firing.state.open else now,
        "parameters": deployment.parameters,
        "not_before": firing.not_before,
        "max_running": 1 if item.schedule.one_at_a_time else policies.max_running,
    }
    return Draft(deployment, policies, values)
