"""Engines that share the database, and what becomes of the runs of one that fell silent.

Invariant: an engine's row is locked by whoever renews or ends its term, so a term
cannot be both. All times are the database's: engines need not agree on the hour.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone

from sqlalchemy import Connection, delete, func, insert, select, update

from jupyter_deploy.domain.engines import Member, Seen
from jupyter_deploy.domain.runs import Run, RunState
from jupyter_deploy.store.rows import AnyRow, with_attempts
from jupyter_deploy.store.schema import UtcDateTime, engines, runs


def clock(connection: Connection) -> datetime:
    """The database's time at this moment, not at the transaction's beginning."""
    if connection.dialect.name == "sqlite":  # which has its host's
        return datetime.now(timezone.utc)
    moment = func.clock_timestamp(type_=UtcDateTime())
    found: datetime = connection.execute(select(moment)).scalar_one()
    return found


def join(connection: Connection, member: Member, lease: float) -> Member:
    query = select(engines.c.term).where(engines.c.id == member.id).with_for_update()
    term = connection.execute(query).scalar_one_or_none()
    now = clock(connection)
    values = {
        "host": member.host,
        "pid": member.pid,
        "since": now,
        "lease_until": now + timedelta(seconds=lease),
    }
    if term is None:
        connection.execute(insert(engines).values(id=member.id, term=member.term, **values))
        return member
    connection.execute(update(engines).where(engines.c.id == member.id).values(values))
    return replace(member, term=term)


def renew(connection: Connection, member: Member, lease: float) -> bool:
    changed = connection.execute(
        update(engines)
        .where(engines.c.id == member.id, engines.c.term == member.term)
        .values(lease_until=clock(connection) + timedelta(seconds=lease))
    )
    return bool(changed.rowcount)


def take_over(connection: Connection, member: Member) -> list[Run]:
    silent = (
        select(engines.c.id)
        .where(engines.c.id != member.id, engines.c.lease_until <= clock(connection))
        .with_for_update(skip_locked=True)
    )
    gone = list(connection.execute(silent).scalars())
    # One that was taken over while it claimed has runs, but no row until it looks up.
    unknown = runs.c.engine.is_not(None) & runs.c.engine.not_in(select(engines.c.id))
    theirs = (runs.c.state == RunState.RUNNING) & (runs.c.engine.in_(gone) | unknown)
    held = select(runs).where(theirs).order_by(runs.c.id).with_for_update()
    found = with_attempts(connection, connection.execute(held).all())
    ours = runs.c.id.in_([run.id for run in found])
    connection.execute(update(runs).where(ours).values(engine=member.id))
    connection.execute(delete(engines).where(engines.c.id.in_(gone)))
    return found


def known(connection: Connection) -> list[Seen]:
    now = clock(connection)
    rows = connection.execute(select(engines).order_by(engines.c.since, engines.c.id))
    return [_seen(row, now) for row in rows]


def _seen(row: AnyRow, now: datetime) -> Seen:
    member = Member(row.id, row.term, row.host, row.pid)
    return Seen(member, row.since, row.lease_until > now)
