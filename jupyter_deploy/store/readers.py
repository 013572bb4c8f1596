"""Tokens of readers in the database: digests only."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, func, insert, select, update

from jupyter_deploy.domain.readers import MOST, Reader
from jupyter_deploy.errors import NotFound, TooMany
from jupyter_deploy.store import deployments as live
from jupyter_deploy.store.rows import AnyRow
from jupyter_deploy.store.schema import deployments, tokens


def add(
    connection: Connection,
    name: str,
    label: str,
    digest: str,
    created_by: str | None,
    now: datetime,
) -> Reader:
    deployment = live.find(connection, name, lock=True)
    in_force = select(func.count()).where(
        tokens.c.deployment_id == deployment.id, tokens.c.revoked_at.is_(None)
    )
    if connection.execute(in_force).scalar_one() >= MOST:
        raise TooMany(f"{name!r} has {MOST} tokens already.", hint="Revoke those that nobody uses.")
    statement = insert(tokens).values(
        deployment_id=deployment.id,
        label=label,
        digest=digest,
        created_at=now,
        created_by=created_by,
    )
    key = connection.execute(statement).inserted_primary_key
    assert key is not None
    return _one(connection, key[0])


def page(connection: Connection, name: str) -> list[Reader]:
    deployment = live.find(connection, name)
    query = _all().where(tokens.c.deployment_id == deployment.id).order_by(tokens.c.id.desc())
    return [_reader(row) for row in connection.execute(query)]


def revoke(connection: Connection, name: str, reader_id: int, now: datetime) -> Reader:
    deployment = live.find(connection, name)
    mine = (tokens.c.id == reader_id) & (tokens.c.deployment_id == deployment.id)
    if connection.execute(select(tokens.c.id).where(mine)).one_or_none() is None:
        raise NotFound(
            f"{name!r} has no token {reader_id}.",
            hint=f"`jupyter deploy token list {name}` shows them.",
        )
    in_force = tokens.c.revoked_at.is_(None)
    connection.execute(update(tokens).where(mine, in_force).values(revoked_at=now))
    return _one(connection, reader_id)


def find(connection: Connection, digest: str) -> Reader | None:
    query = _all().where(tokens.c.digest == digest, deployments.c.deleted_at.is_(None))
    row = connection.execute(query).one_or_none()
    return _reader(row) if row else None


def note_reading(connection: Connection, reader_id: int, now: datetime) -> None:
    connection.execute(update(tokens).where(tokens.c.id == reader_id).values(used_at=now))


def _one(connection: Connection, reader_id: int) -> Reader:
    return _reader(connection.execute(_all().where(tokens.c.id == reader_id)).one())


def _all() -> Select[Any]:
    joined = tokens.join(deployments, deployments.c.id == tokens.c.deployment_id)
    return select(tokens, deployments.c.name).select_from(joined)


def _reader(row: AnyRow) -> Reader:
    return Reader(
        id=row.id,
        deployment=row.name,
        label=row.label,
        digest=row.digest,
        created_at=row.created_at,
        created_by=row.created_by,
        revoked_at=row.revoked_at,
        used_at=row.used_at,
    )
