"""Runs whose files may go, and what goes with them in the database.

Rows of runs stay: a due time keeps its one row for ever. Only outputs and ledgers go.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, delete, func, insert, or_, select, update

from jupyter_deploy.domain.preflight import TRIGGER
from jupyter_deploy.domain.runs import Run, RunState
from jupyter_deploy.store.rows import with_attempts
from jupyter_deploy.store.runs import row_of
from jupyter_deploy.store.schema import attempts, blob_uses, blobs, runs


def prunable(connection: Connection, before: datetime, limit: int) -> list[Run]:
    query = (
        select(runs)
        .where(
            runs.c.ended_at < before,
            runs.c.fence > 0,
            runs.c.pruned_at.is_(None),
            runs.c.pinned.is_(False),
            or_(runs.c.state != RunState.SUCCEEDED, runs.c.id != _newest_success()),
        )
        .order_by(runs.c.id)
        .limit(limit)
    )
    return with_attempts(connection, connection.execute(query).all())


def _newest_success() -> ColumnElement[int]:
    other = runs.alias()
    return (
        select(func.max(other.c.id))
        .where(
            other.c.deployment == runs.c.deployment,
            other.c.state == RunState.SUCCEEDED,
            other.c.trigger != TRIGGER,
        )
        .correlate(runs)
        .scalar_subquery()
    )


def prune(connection: Connection, run_ids: Sequence[int], now: datetime) -> None:
    connection.execute(update(runs).where(runs.c.id.in_(run_ids)).values(pruned_at=now, outputs=[]))
    connection.execute(update(attempts).where(attempts.c.run_id.in_(run_ids)).values(ledger=None))
    drop_uses(connection, [owner_of(run_id) for run_id in run_ids])


def without_files(connection: Connection, run_ids: Sequence[int]) -> list[int]:
    query = select(runs.c.id).where(runs.c.id.in_(run_ids), runs.c.pruned_at.is_not(None))
    return list(connection.execute(query).scalars())


def set_pinned(connection: Connection, run_id: int, pinned: bool) -> None:
    row_of(connection, run_id, lock=True)
    connection.execute(update(runs).where(runs.c.id == run_id).values(pinned=pinned))


def note_uses(connection: Connection, owner: str, digests: Sequence[str]) -> None:
    """So that nobody deletes a blob that somebody else needs too."""
    rows = [{"owner": owner, "digest": digest} for digest in dict.fromkeys(digests)]
    if rows:
        connection.execute(insert(blob_uses), rows)


def drop_uses(connection: Connection, owners: Sequence[str]) -> list[str]:
    """They need nothing any more; the digests that nobody else needs, which are deleted."""
    owned = blob_uses.c.owner.in_(owners)
    digests = set(connection.execute(select(blob_uses.c.digest).where(owned)).scalars())
    connection.execute(delete(blob_uses).where(owned))
    query = select(blob_uses.c.digest).where(blob_uses.c.digest.in_(digests))
    free = sorted(digests - set(connection.execute(query).scalars()))
    connection.execute(delete(blobs).where(blobs.c.digest.in_(free)))
    return free


def owner_of(run_id: int) -> str:
    return f"run {run_id}"
