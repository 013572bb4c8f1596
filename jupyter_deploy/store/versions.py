"""A version's row, and what is in force while it is live."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, func, insert, select, update

from jupyter_deploy.domain.deployments import NewVersion
from jupyter_deploy.domain.publishing import outputs_to_json
from jupyter_deploy.domain.schedule import Schedule
from jupyter_deploy.store.retention import note_uses
from jupyter_deploy.store.rows import AnyRow, record
from jupyter_deploy.store.schema import deployments, schedules, versions
from jupyter_deploy.timetable import next_fires


def insert_version(
    connection: Connection, deployment_id: int, new: NewVersion, now: datetime
) -> AnyRow:
    """A candidate with the next number."""
    highest = select(func.max(versions.c.number)).where(versions.c.deployment_id == deployment_id)
    number = (connection.execute(highest).scalar_one() or 0) + 1
    statement = insert(versions).values(
        deployment_id=deployment_id,
        number=number,
        state="candidate",
        digest=new.digest,
        bundle=new.bundle.to_json(),
        parameters=new.parameters,
        schedule=new.schedule.to_json() if new.schedule else None,
        created_at=now,
        created_by=new.created_by,
        policies=new.policies.to_json(),
        outputs=outputs_to_json(new.outputs) or None,
        preflight=new.preflight.to_json(),
    )
    owner = f"version {number} of {deployment_id}"
    note_uses(connection, owner, [item.digest for item in new.bundle.contents])
    return connection.execute(statement.returning(versions)).one()


def make_live(connection: Connection, row: AnyRow, version: AnyRow, now: datetime) -> None:
    """In place of the one that is; `row` is the deployment's."""
    of_it = versions.c.deployment_id == row.id
    connection.execute(
        update(versions).where(of_it, versions.c.state == "live").values(state="superseded")
    )
    connection.execute(update(versions).where(versions.c.id == version.id).values(state="live"))
    notebook = version.bundle["notebook"]["path"]
    connection.execute(
        update(deployments)
        .where(deployments.c.id == row.id)
        .values(live_version=version.number, notebook=notebook)
    )
    schedule = Schedule.from_json(version.schedule) if version.schedule else None
    _change_schedule(connection, row, schedule, now)
    record(connection, "version.live", now, row.name)


def _change_schedule(
    connection: Connection, row: AnyRow, schedule: Schedule | None, now: datetime
) -> None:
    """An unchanged schedule keeps its cursor; a changed one begins at the edit."""
    held = connection.execute(
        select(schedules).where(schedules.c.deployment_id == row.id)
    ).one_or_none()
    if schedule is None:
        set_in_force(connection, row.id, False, now)
    elif held is None or Schedule.from_json(held.spec) != schedule:
        _put_schedule(connection, row.id, schedule, not row.paused, now)
    elif not held.in_force and not row.paused:
        set_in_force(connection, row.id, True, now)


def _put_schedule(
    connection: Connection,
    deployment_id: int,
    schedule: Schedule,
    in_force: bool,
    now: datetime,
) -> None:
    values = {
        "spec": schedule.to_json(),
        "cursor": now,
        "next_due": _next_due(schedule, now),
        "in_force": in_force,
    }
    changed = connection.execute(
        update(schedules).where(schedules.c.deployment_id == deployment_id).values(values)
    )
    if not changed.rowcount:
        connection.execute(insert(schedules).values(deployment_id=deployment_id, **values))


def set_in_force(connection: Connection, deployment_id: int, in_force: bool, now: datetime) -> None:
    """Coming into force again begins now: nothing falls due inside a pause."""
    held = connection.execute(
        select(schedules).where(schedules.c.deployment_id == deployment_id)
    ).one_or_none()
    if held is None or held.in_force == in_force:
        return
    values: dict[str, object] = {"in_force": in_force}
    if in_force:
        values |= {
            "cursor": now,
            "next_due": _next_due(Schedule.from_json(held.spec), now),
        }
    connection.execute(update(schedules).where(schedules.c.id == held.id).values(values))


def _next_due(schedule: Schedule, after: datetime) -> datetime | None:
    fires = next_fires(schedule.cron, schedule.timezone, after, 1)
    return fires[0] if fires else None
