"""Metrics of runs. In the table NaN is NULL: SQLite knows no other."""

from __future__ import annotations

import math
from collections.abc import Sequence

from sqlalchemy import Connection, insert, select

from jupyter_deploy.domain.metrics import Measured, Metric
from jupyter_deploy.domain.preflight import TRIGGER
from jupyter_deploy.store.schema import metrics, runs


def add_metrics(connection: Connection, run_id: int, found: Sequence[Metric]) -> None:
    """Of one name the last."""
    named = {metric.name: metric for metric in found}
    rows = [
        {
            "run_id": run_id,
            "name": metric.name,
            "value": None if math.isnan(metric.value) else metric.value,
            "unit": metric.unit,
            "source": metric.source,
            "cell": metric.cell,
        }
        for metric in named.values()
    ]
    if rows:
        connection.execute(insert(metrics), rows)


def metrics_by_run(connection: Connection, run_ids: Sequence[int]) -> dict[int, dict[str, float]]:
    found: dict[int, dict[str, float]] = {}
    columns = (metrics.c.run_id, metrics.c.name, metrics.c.value)
    query = select(*columns).where(metrics.c.run_id.in_(run_ids)).order_by(metrics.c.name)
    for run_id, name, value in connection.execute(query):
        found.setdefault(run_id, {})[name] = _number(value)
    return found


def measured(
    connection: Connection, deployment: str, names: Sequence[str], limit: int
) -> list[Measured]:
    """Those of the newest `limit` runs that have any, oldest first; no `names`: all of them."""
    newest = (
        select(metrics.c.run_id)
        .distinct()
        .join(runs, runs.c.id == metrics.c.run_id)
        .where(runs.c.deployment == deployment, runs.c.trigger != TRIGGER)
        .order_by(metrics.c.run_id.desc())
        .limit(limit)
    )
    query = (
        select(metrics, runs.c.started_at)
        .join(runs, runs.c.id == metrics.c.run_id)
        .where(metrics.c.run_id.in_(newest))
        .order_by(metrics.c.run_id, metrics.c.name)
    )
    if names:
        query = query.where(metrics.c.name.in_(names))
    return [
        Measured(
            row.run_id,
            row.started_at,
            Metric(row.name, _number(row.value), row.unit, row.source, row.cell),
        )
        for row in connection.execute(query)
    ]


def _number(value: float | None) -> float:
    return math.nan if value is None else value
