"""Deployments and their versions, as they are read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, or_, select

from jupyter_deploy.domain.deployments import Deployment, Version
from jupyter_deploy.errors import NotFound
from jupyter_deploy.store.rows import AnyRow, version_of
from jupyter_deploy.store.schema import deployments, versions


def all_of_them(connection: Connection) -> list[Deployment]:
    in_production = deployments.c.deleted_at.is_(None)
    rows = connection.execute(_with_versions(in_production)).all()
    names = list(dict.fromkeys(row.deployment for row in rows))
    return [_deployment([row for row in rows if row.deployment == name]) for name in names]


def one(connection: Connection, name: str) -> Deployment:
    """Raises NotFound."""
    row = find(connection, name)
    rows = connection.execute(_with_versions(deployments.c.id == row.id)).all()
    return _deployment(rows)


def _with_versions(condition: ColumnElement[bool]) -> Select[Any]:
    """Of each deployment the live version and the newest one, in this order."""
    return (
        select(
            deployments.c.name.label("deployment"),
            deployments.c.paused,
            deployments.c.origin,
            deployments.c.live_version,
            versions,
        )
        .join(versions, versions.c.deployment_id == deployments.c.id)
        .where(
            condition,
            or_(versions.c.number == deployments.c.live_version, versions.c.number == newest()),
        )
        .order_by(deployments.c.name, versions.c.number)
    )


def newest() -> ColumnElement[int]:
    """The number of a deployment's newest version, in a query of deployments."""
    other = versions.alias()
    return (
        select(func.max(other.c.number))
        .where(other.c.deployment_id == deployments.c.id)
        .correlate(deployments)
        .scalar_subquery()
    )


def _deployment(rows: Sequence[AnyRow]) -> Deployment:
    current, last = version_of(rows[0]), version_of(rows[-1])
    held = rows[0]
    candidate = last if last.state in ("candidate", "rejected") else None
    return Deployment(held.deployment, held.paused, current, held.origin, candidate)


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
    row = seek(connection, name, lock=lock)
    if row is None:
        raise NotFound(
            f"There is no deployment {name!r}.",
            field="name",
            hint="`jupyter deploy list` shows the names.",
        )
    return row


def seek(connection: Connection, name: str, *, lock: bool = False) -> AnyRow | None:
    query = select(deployments).where(
        deployments.c.name == name, deployments.c.deleted_at.is_(None)
    )
    return connection.execute(query.with_for_update() if lock else query).one_or_none()


def version_row(connection: Connection, deployment_id: int, number: int) -> AnyRow:
    query = select(versions).where(
        versions.c.deployment_id == deployment_id, versions.c.number == number
    )
    return connection.execute(query).one()
