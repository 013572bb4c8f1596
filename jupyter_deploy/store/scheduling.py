"""Due times in the database: rows and cursor move in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, func, select, update

from jupyter_deploy.domain.deployments import DueSchedule
from jupyter_deploy.domain.firing import Firing
from jupyter_deploy.domain.runs import RunState
from jupyter_deploy.domain.schedule import Schedule
from jupyter_deploy.store.ending import cancel_open
from jupyter_deploy.store.queue import insert_run
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


def fire(
    connection: Connection,
    item: DueSchedule,
    firings: Sequence[Firing],
    next_due: datetime | None,
    now: datetime,
) -> bool:
    cursor = firings[-1].due_at if firings else item.cursor
    moved = connection.execute(
        update(schedules)
        .where(
            schedules.c.id == item.schedule_id,
            schedules.c.cursor == item.cursor,
            schedules.c.in_force.is_(True),
        )
        .values(cursor=cursor, next_due=next_due)
    )
    if not moved.rowcount:
        return False
    done = _due_times(connection, item, firings)
    _insert_rows(connection, item, [one for one in firings if one.due_at not in done], now)
    return True


def _due_times(
    connection: Connection, item: DueSchedule, firings: Sequence[Firing]
) -> set[datetime]:
    """The due times among these that have a row already."""
    if not firings:
        return set()
    query = select(runs.c.due_at).where(
        runs.c.schedule_id == item.schedule_id,
        runs.c.due_at.between(firings[0].due_at, firings[-1].due_at),
    )
    return set(connection.execute(query).scalars())


def _insert_rows(
    connection: Connection, item: DueSchedule, firings: Sequence[Firing], now: datetime
) -> None:
    deployment = connection.execute(
        select(deployments, versions.c.parameters)
        .join(schedules, schedules.c.deployment_id == deployments.c.id)
        .join(
            versions,
            (versions.c.deployment_id == deployments.c.id)
            & (versions.c.number == deployments.c.live_version),
        )
        .where(schedules.c.id == item.schedule_id)
    ).one()
    starts = any(firing.state is RunState.QUEUED for firing in firings)
    if item.schedule.overlap == "cancel_previous" and starts:
        cancel_open(connection, deployment.id, "Cancelled: the next due time came.", now)
    for firing in firings:
        values: dict[str, object] = {
            "trigger": "schedule",
            "schedule_id": item.schedule_id,
            "due_at": firing.due_at,
            "state": firing.state,
            "reason": firing.reason,
            "why": firing.why,
            "ended_at": None if firing.state.open else now,
            "parameters": deployment.parameters,
            "not_before": firing.not_before,
        }
        if item.schedule.one_at_a_time:
            values["max_running"] = 1
        insert_run(connection, deployment, values, now)
