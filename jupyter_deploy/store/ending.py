"""The ends of runs: closed by their attempt, cancelled, or queued for another try."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from jupyter_deploy.domain.preflight import TRIGGER
from jupyter_deploy.domain.runs import Closing, RunState
from jupyter_deploy.errors import Conflict
from jupyter_deploy.store import candidates
from jupyter_deploy.store.history import add_cells
from jupyter_deploy.store.metrics import add_metrics
from jupyter_deploy.store.publications import expect
from jupyter_deploy.store.retention import note_uses, owner_of
from jupyter_deploy.store.rows import AnyRow, record
from jupyter_deploy.store.runs import row_of
from jupyter_deploy.store.schema import attempts, runs


def close(connection: Connection, run_id: int, fence: int, closing: Closing, now: datetime) -> bool:
    """The fence is the referee: a stale attempt finds no row to change."""
    candidates.hold(connection, run_id)
    values = _again(closing) if closing.retry_at else _for_good(closing, now)
    changed = connection.execute(
        update(runs)
        .where(runs.c.id == run_id, runs.c.fence == fence, runs.c.state == RunState.RUNNING)
        .values(values)
    )
    if not changed.rowcount:
        return False
    connection.execute(
        update(attempts)
        .where(attempts.c.run_id == run_id, attempts.c.fence == fence)
        .values(outcome=closing.outcome, ended_at=now, ledger=closing.ledger)
    )
    if closing.ledger is not None and not closing.retry_at:
        digests = [closing.ledger, *(output.digest for output in closing.outputs)]
        note_uses(connection, owner_of(run_id), digests)
    if not closing.retry_at:
        add_metrics(connection, run_id, closing.metrics)
        add_cells(connection, run_id, closing.cells)
    row = row_of(connection, run_id)
    expect(connection, row)
    if not closing.retry_at:
        candidates.judge(connection, row, closing.report, now)
    kind = "run.retried" if closing.retry_at else "run.finished"
    record(connection, kind, now, row.deployment, run_id, row.state)
    return True


def _again(closing: Closing) -> dict[str, Any]:
    return {
        "state": RunState.QUEUED,
        "reason": closing.reason,
        "not_before": closing.retry_at,
        "progress": None,
    }


def _for_good(closing: Closing, now: datetime) -> dict[str, Any]:
    return {
        "state": closing.state,
        "verdict": closing.verdict,
        "fault": closing.fault,
        "reason": closing.reason,
        "cell": closing.cell,
        "ended_at": now,
        "progress": asdict(closing.progress) if closing.progress else None,
        "outputs": [asdict(item) for item in closing.outputs],
    }


def request_cancel(connection: Connection, run_id: int, now: datetime) -> None:
    candidates.hold(connection, run_id)
    row = row_of(connection, run_id, lock=True)
    if row.state not in (RunState.QUEUED, RunState.RUNNING):
        raise Conflict(
            f"Run {run_id} has already ended ({row.state}).",
            hint="Only queued and running runs can be cancelled.",
        )
    tried = "before it was tried again" if row.fence else "before it started"
    cancel(connection, row, f"Cancelled {tried}.", now)


def cancel(connection: Connection, row: AnyRow, reason: str, now: datetime) -> None:
    """A queued run ends at once; of a running one it is noted, its engine sees to it."""
    values: dict[str, Any] = {"cancel_requested": True}
    if row.state == RunState.QUEUED:
        values |= {
            "state": RunState.CANCELLED,
            "fault": "cancelled",
            "reason": reason,
            "ended_at": now,
        }
        record(connection, "run.cancelled", now, row.deployment, row.id, RunState.CANCELLED.value)
    connection.execute(update(runs).where(runs.c.id == row.id).values(values))
    if row.state == RunState.QUEUED:
        candidates.judge(connection, row_of(connection, row.id), None, now)


def cancel_open(connection: Connection, deployment_id: int, reason: str, now: datetime) -> None:
    query = select(runs).where(
        runs.c.deployment_id == deployment_id,
        runs.c.trigger != TRIGGER,
        runs.c.state.in_([RunState.QUEUED, RunState.RUNNING]),
    )
    for row in connection.execute(query.order_by(runs.c.id).with_for_update()).all():
        cancel(connection, row, reason, now)


def to_cancel(connection: Connection) -> list[int]:
    query = (
        select(runs.c.id)
        .where(runs.c.state == RunState.RUNNING, runs.c.cancel_requested.is_(True))
        .order_by(runs.c.id)
    )
    return list(connection.execute(query).scalars())
