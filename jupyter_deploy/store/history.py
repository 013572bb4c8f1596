"""Past runs of a deployment, as light as ten thousand of them have to be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Select, func, insert, select

from jupyter_deploy.domain.history import Failing, Past
from jupyter_deploy.domain.preflight import TRIGGER
from jupyter_deploy.domain.runs import CellTime, RunState
from jupyter_deploy.store.schema import run_cells, runs

_STATES = {state.value: state for state in RunState}
#: In the order of Past's members.
_COLUMNS = (
    runs.c.id,
    runs.c.version,
    runs.c.state,
    runs.c.verdict,
    runs.c.reason,
    runs.c.cell,
    runs.c.due_at,
    runs.c.created_at,
    runs.c.started_at,
    runs.c.ended_at,
)


def add_cells(connection: Connection, run_id: int, cells: Sequence[CellTime]) -> None:
    if cells:
        rows = [[cell.cell, cell.status, cell.seconds] for cell in cells]
        connection.execute(insert(run_cells).values(run_id=run_id, cells=rows))


def past(
    connection: Connection,
    deployment: str,
    before: int | None,
    limit: int,
    state: RunState | None = None,
) -> list[Past]:
    query = select(*_COLUMNS).where(runs.c.deployment == deployment, runs.c.trigger != TRIGGER)
    if before is not None:
        query = query.where(runs.c.id < before)
    if state is not None:
        query = query.where(runs.c.state == state)
    return _read(connection, query.order_by(runs.c.id.desc()).limit(limit))


def failing(connection: Connection, deployment: str) -> Failing | None:
    good = past(connection, deployment, None, 1, RunState.SUCCEEDED)
    failed = (
        runs.c.deployment == deployment,
        runs.c.trigger != TRIGGER,
        runs.c.state == RunState.FAILED,
        runs.c.id > (good[0].id if good else 0),
    )
    count = connection.execute(select(func.count()).select_from(runs).where(*failed)).scalar_one()
    if not count:
        return None
    query = select(*_COLUMNS).where(*failed).limit(1)
    [since] = _read(connection, query.order_by(runs.c.id))
    [newest] = _read(connection, query.order_by(runs.c.id.desc()))
    return Failing(since, newest, count, good[0] if good else None)


def _read(connection: Connection, query: Select[Any]) -> list[Past]:
    return [_past(*row) for row in connection.execute(query)]


def _past(id_: int, version: int, state: str, *rest: Any) -> Past:
    """From the columns in their order: by name it would take ten thousand rows twice as long."""
    return Past(id_, version, _STATES[state], *rest)


def cells(connection: Connection, run_ids: Sequence[int]) -> dict[int, tuple[CellTime, ...]]:
    query = select(run_cells).where(run_cells.c.run_id.in_(run_ids))
    return {
        row.run_id: tuple(CellTime(*cell) for cell in row.cells)
        for row in connection.execute(query)
    }
