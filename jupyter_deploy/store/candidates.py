"""Versions that are tried before they go live.

Invariant: what a preflight came to and what becomes of its version are one transaction; only
the newest candidate of a deployment can go live.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from jupyter_deploy.domain import reasons
from jupyter_deploy.domain.policies import Policies
from jupyter_deploy.domain.preflight import TRIGGER, Report, Tried
from jupyter_deploy.domain.runs import RunState
from jupyter_deploy.store.deployments import version_row
from jupyter_deploy.store.queue import Draft, insert_runs
from jupyter_deploy.store.rows import AnyRow, record
from jupyter_deploy.store.schema import deployments, runs, versions
from jupyter_deploy.store.versions import make_live


def begin(connection: Connection, row: AnyRow, version: AnyRow, now: datetime) -> None:
    """Queue the run that tries it: beside others, however many those may be."""
    values: dict[str, Any] = {
        "version": version.number,
        "trigger": TRIGGER,
        "why": reasons.tried(version.number, version.created_by),
        "state": RunState.QUEUED,
        "created_by": version.created_by,
        "parameters": {**version.parameters, **version.preflight["parameters"]},
        "max_running": None,
        "expires_at": None,
    }
    record(connection, "version.candidate", now, row.name)
    draft = Draft(row, Policies.from_json(version.policies), values)
    [run_id] = insert_runs(connection, [draft], now)
    _note(connection, version, Tried(run_id))


def hold(connection: Connection, run_id: int) -> None:
    """Deployments are locked before their runs: whoever deploys does it in this order."""
    query = (
        select(deployments.c.id)
        .join(runs, runs.c.deployment_id == deployments.c.id)
        .where(runs.c.id == run_id, runs.c.trigger == TRIGGER)
    )
    connection.execute(query.with_for_update(of=deployments))


def judge(connection: Connection, run: AnyRow, report: Report | None, now: datetime) -> None:
    """The run has ended: if it tried a candidate, that goes live or is rejected."""
    if run.trigger != TRIGGER:
        return
    version = version_row(connection, run.deployment_id, run.version)
    verdict = run.verdict or "failed"  # a preflight that was cancelled has proved nothing
    tried = Tried(run.id, verdict, run.fault, run.reason, run.cell, report)
    _note(connection, version, tried)
    if version.state != "candidate":
        return
    query = select(deployments).where(deployments.c.id == run.deployment_id)
    row = connection.execute(query).one()
    if run.state == RunState.SUCCEEDED and row.deleted_at is None:
        make_live(connection, row, version, now)
    else:
        _set_state(connection, version.id, "rejected")
        record(connection, "version.rejected", now, row.name)


def withdraw(connection: Connection, deployment_id: int) -> list[AnyRow]:
    """Candidates are none any more; the runs that still try them."""
    of_it = (versions.c.deployment_id == deployment_id) & (versions.c.state == "candidate")
    connection.execute(update(versions).where(of_it).values(state="superseded"))
    query = select(runs).where(
        runs.c.deployment_id == deployment_id,
        runs.c.trigger == TRIGGER,
        runs.c.state.in_([RunState.QUEUED, RunState.RUNNING]),
    )
    return list(connection.execute(query.order_by(runs.c.id).with_for_update()))


def _note(connection: Connection, version: AnyRow, tried: Tried) -> None:
    statement = update(versions).where(versions.c.id == version.id)
    connection.execute(statement.values(tried=tried.to_json()))


def _set_state(connection: Connection, version_id: int, state: str) -> None:
    connection.execute(update(versions).where(versions.c.id == version_id).values(state=state))
