"""Reading runs and attempts."""

from __future__ import annotations

from sqlalchemy import Connection, or_, select

from jupyter_deploy.domain.deployments import Version
from jupyter_deploy.domain.preflight import TRIGGER
from jupyter_deploy.domain.runs import Run, RunState
from jupyter_deploy.errors import NotFound
from jupyter_deploy.ports.store import RunQuery
from jupyter_deploy.store.rows import AnyRow, run_of, version_of, with_attempts
from jupyter_deploy.store.schema import deployments, runs, versions


def page(connection: Connection, query: RunQuery) -> list[Run]:
    statement = select(runs).order_by(runs.c.id.desc()).limit(query.limit)
    if query.deployment is not None:
        statement = statement.where(runs.c.deployment == query.deployment)
    wanted = runs.c.trigger == query.trigger if query.trigger else runs.c.trigger != TRIGGER
    statement = statement.where(wanted)
    if query.state is not None:
        statement = statement.where(runs.c.state == query.state)
    if query.before is not None:
        statement = statement.where(runs.c.id < query.before)
    return with_attempts(connection, connection.execute(statement).all())


def recent(connection: Connection, limit: int) -> dict[str, list[Run]]:
    newest = (
        select(runs.c.id)
        .where(runs.c.deployment == deployments.c.name, runs.c.trigger != TRIGGER)
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
    return with_attempts(connection, [row_of(connection, run_id)])[0]


def version(connection: Connection, run_id: int) -> Version:
    row = row_of(connection, run_id)
    query = select(versions).where(
        versions.c.deployment_id == row.deployment_id, versions.c.number == row.version
    )
    return version_of(connection.execute(query).one())


def running(connection: Connection, engine: str) -> list[Run]:
    theirs = or_(runs.c.engine == engine, runs.c.engine.is_(None))
    query = select(runs).where(runs.c.state == RunState.RUNNING, theirs).order_by(runs.c.id)
    return with_attempts(connection, connection.execute(query).all())


def row_of(connection: Connection, run_id: int, *, lock: bool = False) -> AnyRow:
    """With `lock` no other engine changes it until the transaction ends. Raises NotFound."""
    query = select(runs).where(runs.c.id == run_id)
    row = connection.execute(query.with_for_update() if lock else query).one_or_none()
    if row is None:
        raise NotFound(f"There is no run {run_id}.", hint="`jupyter deploy runs` shows them.")
    return row
