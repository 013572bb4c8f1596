"""Deployments, versions and schedules in the database."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, Row, func, insert, select, update

from jupyter_deploy.domain.deployments import Deployment, NewVersion, Version
from jupyter_deploy.domain.runs import RunState
from jupyter_deploy.domain.schedule import Schedule
from jupyter_deploy.errors import Conflict, NotFound
from jupyter_deploy.store.ending import cancel
from jupyter_deploy.store.retention import note_uses
from jupyter_deploy.store.rows import AnyRow, record, version_of
from jupyter_deploy.store.schema import deployments, runs, schedules, versions
from jupyter_deploy.timetable import next_fires


def deploy(connection: Connection, new: NewVersion, now: datetime) -> bool:
    row = _find(connection, new.name, lock=True)
    _check_expectation(row, new)
    if row is None:
        _create(connection, new, now)
        return True
    # Also when nothing else is new: an older deployment has none yet.
    same = deployments.c.id == row.id
    connection.execute(update(deployments).where(same).values(origin=new.origin))
    live = _live_row(connection, row)
    if live.digest == new.digest:
        return False
    _supersede(connection, row, new, now)
    return True


def _check_expectation(row: AnyRow | None, new: NewVersion) -> None:
    live = row.live_version if row else 0
    if row is not None:
        new.check_notebook(row.notebook, row.origin)
    if new.expected_version is not None and new.expected_version != live:
        raise Conflict(
            f"{new.name!r} was deployed by somebody else meanwhile: version {live} is live."
            if row
            else f"{new.name!r} was deleted by somebody else meanwhile.",
            field="name",
            hint="Look at what is live now and deploy again if you still want to.",
        )


def _create(connection: Connection, new: NewVersion, now: datetime) -> None:
    result = connection.execute(
        insert(deployments).values(
            name=new.name,
            notebook=new.bundle.notebook.path,
            origin=new.origin,
            paused=False,
            live_version=1,
            created_at=now,
        )
    )
    key = result.inserted_primary_key
    assert key is not None
    _insert_version(connection, key[0], 1, new, now)
    if new.schedule:
        _put_schedule(connection, key[0], new.schedule, True, now)


def _supersede(connection: Connection, row: AnyRow, new: NewVersion, now: datetime) -> None:
    number = (
        connection.execute(
            select(func.max(versions.c.number)).where(versions.c.deployment_id == row.id)
        ).scalar_one()
        + 1
    )
    connection.execute(
        update(versions)
        .where(versions.c.deployment_id == row.id, versions.c.state == "live")
        .values(state="superseded")
    )
    connection.execute(
        update(deployments)
        .where(deployments.c.id == row.id)
        .values(live_version=number, notebook=new.bundle.notebook.path)
    )
    _insert_version(connection, row.id, number, new, now)
    _change_schedule(connection, row, new.schedule, now)


def _insert_version(
    connection: Connection,
    deployment_id: int,
    number: int,
    new: NewVersion,
    now: datetime,
) -> None:
    connection.execute(
        insert(versions).values(
            deployment_id=deployment_id,
            number=number,
            state="live",
            digest=new.digest,
            bundle=new.bundle.to_json(),
            parameters=new.parameters,
            schedule=new.schedule.to_json() if new.schedule else None,
            created_at=now,
            created_by=new.created_by,
            policies=new.policies.to_json(),
        )
    )
    files = [new.bundle.notebook, *new.bundle.files]
    owner = f"version {number} of {deployment_id}"
    note_uses(connection, owner, [item.digest for item in files])
    record(connection, "version.live", now, new.name)


def _change_schedule(
    connection: Connection, row: AnyRow, schedule: Schedule | None, now: datetime
) -> None:
    """An unchanged schedule keeps its cursor; a changed one begins at the edit."""
    held = connection.execute(
        select(schedules).where(schedules.c.deployment_id == row.id)
    ).one_or_none()
    if schedule is None:
        _set_in_force(connection, row.id, False, now)
    elif held is None or Schedule.from_json(held.spec) != schedule:
        _put_schedule(connection, row.id, schedule, not row.paused, now)
    elif not held.in_force and not row.paused:
        _set_in_force(connection, row.id, True, now)


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
        "next_due": next_due(schedule, now),
        "in_force": in_force,
    }
    changed = connection.execute(
        update(schedules).where(schedules.c.deployment_id == deployment_id).values(values)
    )
    if not changed.rowcount:
        connection.execute(insert(schedules).values(deployment_id=deployment_id, **values))


def _set_in_force(
    connection: Connection, deployment_id: int, in_force: bool, now: datetime
) -> None:
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
            "next_due": next_due(Schedule.from_json(held.spec), now),
        }
    connection.execute(update(schedules).where(schedules.c.id == held.id).values(values))


def next_due(schedule: Schedule, after: datetime) -> datetime | None:
    fires = next_fires(schedule.cron, schedule.timezone, after, 1)
    return fires[0] if fires else None


def set_paused(connection: Connection, name: str, paused: bool, now: datetime) -> None:
    row = find(connection, name, lock=True)
    if row.paused == paused:
        return
    connection.execute(update(deployments).where(deployments.c.id == row.id).values(paused=paused))
    has_schedule = _live_row(connection, row).schedule is not None
    _set_in_force(connection, row.id, has_schedule and not paused, now)
    record(connection, "deployment.paused" if paused else "deployment.resumed", now, name)


def delete(connection: Connection, name: str, now: datetime) -> None:
    row = find(connection, name, lock=True)
    connection.execute(update(deployments).where(deployments.c.id == row.id).values(deleted_at=now))
    _set_in_force(connection, row.id, False, now)
    _cancel_queued(connection, row, now)
    record(connection, "deployment.deleted", now, name)


def _cancel_queued(connection: Connection, row: AnyRow, now: datetime) -> None:
    queued = (runs.c.deployment_id == row.id) & (runs.c.state == RunState.QUEUED)
    for run in connection.execute(
        select(runs).where(queued).order_by(runs.c.id).with_for_update()
    ).all():
        cancel(connection, run, "Cancelled: the deployment was deleted.", now)


def all_live(connection: Connection) -> list[Deployment]:
    query = (
        select(
            deployments.c.name.label("deployment"),
            deployments.c.paused,
            deployments.c.origin,
            versions,
        )
        .join(
            versions,
            (versions.c.deployment_id == deployments.c.id)
            & (versions.c.number == deployments.c.live_version),
        )
        .where(deployments.c.deleted_at.is_(None))
        .order_by(deployments.c.name)
    )
    return [
        Deployment(row.deployment, row.paused, version_of(row), row.origin)
        for row in connection.execute(query)
    ]


def one_live(connection: Connection, name: str) -> Deployment:
    row = find(connection, name)
    return Deployment(row.name, row.paused, version_of(_live_row(connection, row)), row.origin)


def all_versions(connection: Connection, name: str) -> list[Version]:
    row = find(connection, name)
    query = (
        select(versions)
        .where(versions.c.deployment_id == row.id)
        .order_by(versions.c.number.desc())
    )
    return [version_of(item) for item in connection.execute(query)]


def find(connection: Connection, name: str, *, lock: bool = False) -> AnyRow:
    """With `lock` no other engine changes it until the transaction ends. Raises NotFound."""
    row = _find(connection, name, lock=lock)
    if row is None:
        raise NotFound(
            f"There is no deployment {name!r}.",
            field="name",
            hint="`jupyter deploy list` shows the names.",
        )
    return row


def _find(connection: Connection, name: str, *, lock: bool = False) -> AnyRow | None:
    query = select(deployments).where(
        deployments.c.name == name, deployments.c.deleted_at.is_(None)
    )
    return connection.execute(query.with_for_update() if lock else query).one_or_none()


def _live_row(connection: Connection, row: AnyRow) -> Row[tuple[object, ...]]:
    query = select(versions).where(
        versions.c.deployment_id == row.id, versions.c.number == row.live_version
    )
    return connection.execute(query).one()
