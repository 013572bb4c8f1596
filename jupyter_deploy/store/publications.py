"""What is published, in the database.

Invariant: a publication is inserted, waiting, in the transaction that ends its run well, so a
crash of the engine loses none. Which one is shown follows from `data_at` alone: however late
a run ends, it never takes the place of newer data.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    ScalarSelect,
    Select,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)

from jupyter_deploy.domain.preflight import TRIGGER
from jupyter_deploy.domain.publishing import Publication, Published
from jupyter_deploy.domain.runs import RunState
from jupyter_deploy.errors import NotFound
from jupyter_deploy.store import deployments as live
from jupyter_deploy.store.retention import drop_uses, note_uses
from jupyter_deploy.store.rows import AnyRow, record
from jupyter_deploy.store.schema import deployments, publications, runs, versions


def expect(connection: Connection, run: AnyRow) -> None:
    """A run has ended well: its outputs, if there are any, wait to be published."""
    if run.state != RunState.SUCCEEDED or run.trigger == TRIGGER:
        return
    query = select(versions.c.outputs).where(
        versions.c.deployment_id == run.deployment_id, versions.c.number == run.version
    )
    if not connection.execute(query).scalar_one():
        return
    connection.execute(
        insert(publications).values(
            deployment_id=run.deployment_id,
            run_id=run.id,
            data_at=run.due_at or run.created_at,
            outputs=[],
        )
    )


def unpublished(
    connection: Connection, engine: str, before: datetime, limit: int
) -> list[Publication]:
    ours = or_(runs.c.engine == engine, runs.c.engine.is_(None), runs.c.ended_at < before)
    query = _all().where(publications.c.published_at.is_(None), ours)
    found = connection.execute(query.order_by(publications.c.run_id).limit(limit))
    return [_publication(row) for row in found]


def publish(
    connection: Connection,
    run_id: int,
    outputs: Sequence[Published],
    problem: str | None,
    now: datetime,
) -> bool:
    waiting = (publications.c.run_id == run_id) & publications.c.published_at.is_(None)
    values = {
        "outputs": [item.to_json() for item in outputs],
        "problem": problem,
        "published_at": now,
    }
    if not connection.execute(update(publications).where(waiting).values(values)).rowcount:
        return False
    row = connection.execute(_all().where(publications.c.run_id == run_id)).one()
    note_uses(connection, owner_of(run_id), _publication(row).digests)
    kind = "outputs.refused" if problem else "outputs.published"
    record(connection, kind, now, row.deployment, run_id, RunState.SUCCEEDED.value)
    return True


def newest(connection: Connection, name: str) -> Publication | None:
    deployment = live.find(connection, name)
    query = _all().where(publications.c.run_id == _newest_of(deployment.id))
    row = connection.execute(query).one_or_none()
    return _publication(row) if row else None


def one(connection: Connection, name: str, run_id: int) -> Publication:
    deployment = live.find(connection, name)
    query = _all().where(
        publications.c.run_id == run_id, publications.c.deployment_id == deployment.id
    )
    row = connection.execute(query).one_or_none()
    if row is None:
        raise NotFound(
            f"Run {run_id} of {name!r} has published nothing.",
            field="run",
            hint=f"`jupyter deploy endpoints {name}` shows what is published.",
        )
    return _publication(row)


def page(connection: Connection, name: str, before: int | None, limit: int) -> list[Publication]:
    deployment = live.find(connection, name)
    query = _all().where(publications.c.deployment_id == deployment.id)
    if before is not None:
        query = query.where(publications.c.run_id < before)
    found = connection.execute(query.order_by(publications.c.run_id.desc()).limit(limit))
    return [_publication(row) for row in found]


def drop(connection: Connection) -> list[str]:
    """Forget what pruned runs have published; contents that nobody needs any more.

    What is shown stays, though its run has lost its own files.
    """
    shown = func.coalesce(_newest_of(publications.c.deployment_id), -1)
    query = (
        select(publications.c.run_id)
        .join(runs, runs.c.id == publications.c.run_id)
        .join(deployments, deployments.c.id == publications.c.deployment_id)
        .where(
            runs.c.pruned_at.is_not(None),
            or_(publications.c.run_id != shown, deployments.c.deleted_at.is_not(None)),
        )
    )
    gone = list(connection.execute(query).scalars())
    connection.execute(delete(publications).where(publications.c.run_id.in_(gone)))
    return drop_uses(connection, [owner_of(run_id) for run_id in gone])


def owner_of(run_id: int) -> str:
    return f"publication {run_id}"


def _newest_of(deployment_id: ColumnElement[int] | int) -> ScalarSelect[int]:
    other = publications.alias()
    query = (
        select(other.c.run_id)
        .where(
            other.c.deployment_id == deployment_id,
            other.c.published_at.is_not(None),
            other.c.problem.is_(None),
        )
        .order_by(other.c.data_at.desc(), other.c.run_id.desc())
        .limit(1)
    )
    return query.correlate(publications).scalar_subquery()


def _all() -> Select[Any]:
    joined = publications.join(runs, runs.c.id == publications.c.run_id)
    return select(publications, runs.c.deployment, runs.c.version).select_from(joined)


def _publication(row: AnyRow) -> Publication:
    return Publication(
        deployment=row.deployment,
        run=row.run_id,
        version=row.version,
        data_at=row.data_at,
        published_at=row.published_at,
        outputs=tuple(Published.from_json(item) for item in row.outputs),
        problem=row.problem,
    )
