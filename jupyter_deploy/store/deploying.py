"""Putting notebooks into production, and taking them out."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from jupyter_deploy.domain.deployments import NewVersion
from jupyter_deploy.domain.runs import RunState
from jupyter_deploy.errors import Conflict
from jupyter_deploy.store import candidates
from jupyter_deploy.store.deployments import find, seek
from jupyter_deploy.store.ending import cancel
from jupyter_deploy.store.rows import AnyRow, record
from jupyter_deploy.store.schema import deployments, runs, versions
from jupyter_deploy.store.versions import insert_version, make_live, set_in_force


def deploy(connection: Connection, new: NewVersion, now: datetime) -> bool:
    row = seek(connection, new.name, lock=True)
    _check_expectation(row, new)
    if row is None:
        row = _create(connection, new, now)
    elif _is_there(connection, row, new):
        return False
    for run in candidates.withdraw(connection, row.id):
        cancel(connection, run, "Cancelled: a newer version was deployed.", now)
    version = insert_version(connection, row.id, new, now)
    if new.preflight.executes:
        candidates.begin(connection, row, version, now)
    else:
        make_live(connection, row, version, now)
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


def _create(connection: Connection, new: NewVersion, now: datetime) -> AnyRow:
    statement = insert(deployments).values(
        name=new.name,
        notebook=new.bundle.notebook.path,
        origin=new.origin,
        paused=False,
        live_version=0,
        created_at=now,
    )
    return connection.execute(statement.returning(deployments)).one()


def _is_there(connection: Connection, row: AnyRow, new: NewVersion) -> bool:
    """Whether it is live or being tried already, as this very version."""
    # Also when nothing else is new: an older deployment has none yet.
    same = deployments.c.id == row.id
    connection.execute(update(deployments).where(same).values(origin=new.origin))
    query = select(versions.c.digest).where(
        versions.c.deployment_id == row.id, versions.c.state.in_(["live", "candidate"])
    )
    last = connection.execute(query.order_by(versions.c.number.desc()).limit(1))
    return last.scalar_one_or_none() == new.digest


def set_paused(connection: Connection, name: str, paused: bool, now: datetime) -> None:
    row = find(connection, name, lock=True)
    if row.paused == paused:
        return
    connection.execute(update(deployments).where(deployments.c.id == row.id).values(paused=paused))
    query = select(versions.c.schedule).where(
        versions.c.deployment_id == row.id, versions.c.number == row.live_version
    )
    has_schedule = connection.execute(query).scalar_one_or_none() is not None
    set_in_force(connection, row.id, has_schedule and not paused, now)
    record(connection, "deployment.paused" if paused else "deployment.resumed", now, name)


def delete(connection: Connection, name: str, now: datetime) -> None:
    row = find(connection, name, lock=True)
    connection.execute(update(deployments).where(deployments.c.id == row.id).values(deleted_at=now))
    set_in_force(connection, row.id, False, now)
    _cancel_queued(connection, row, now)
    record(connection, "deployment.deleted", now, name)


def _cancel_queued(connection: Connection, row: AnyRow, now: datetime) -> None:
    queued = (runs.c.deployment_id == row.id) & (runs.c.state == RunState.QUEUED)
    for run in connection.execute(
        select(runs).where(queued).order_by(runs.c.id).with_for_update()
    ).all():
        cancel(connection, run, "Cancelled: the deployment was deleted.", now)
