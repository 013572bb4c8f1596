"""A run's value after each transition of the store in memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from jupyter_deploy.domain.runs import Attempt, Closing, Run, RunState
from jupyter_deploy.testing.slots import Slot, utc


def drafted(number: int, slot: Slot, now: datetime) -> Run:
    """A queued run of the slot's current version with its parameters."""
    return Run(
        id=number,
        deployment=slot.name,
        version=slot.current.number,
        trigger="manual",
        state=RunState.QUEUED,
        verdict=None,
        fault=None,
        reason=None,
        cell=None,
        due_at=None,
        created_at=utc(now),
        created_by=None,
        started_at=None,
        ended_at=None,
        parameters=slot.current.parameters,
        fence=0,
        cancel_requested=False,
        progress=None,
    )


def started(run: Run, executor: str, engine: str, now: datetime) -> Run:
    attempt = Attempt(run.fence + 1, executor, None, utc(now), None, engine)
    return replace(
        run,
        state=RunState.RUNNING,
        fence=attempt.fence,
        reason=None,
        not_before=None,
        started_at=run.started_at or utc(now),
        attempts=(*run.attempts, attempt),
    )


def closed(run: Run, closing: Closing, now: datetime) -> Run:
    """Queued again where another attempt follows, else ended."""
    last = replace(
        run.attempts[-1], outcome=closing.outcome, ended_at=utc(now), ledger=closing.ledger
    )
    run = replace(run, attempts=(*run.attempts[:-1], last))
    if closing.retry_at:
        again = replace(run, state=RunState.QUEUED, reason=closing.reason, progress=None)
        return replace(again, not_before=utc(closing.retry_at))
    return replace(
        run,
        state=closing.state,
        verdict=closing.verdict,
        fault=closing.fault,
        reason=closing.reason,
        cell=closing.cell,
        ended_at=utc(now),
        progress=closing.progress,
        outputs=closing.outputs,
        metrics={metric.name: metric.value for metric in closing.metrics},
    )


def cancelled(run: Run, reason: str, now: datetime) -> Run:
    return replace(
        run,
        state=RunState.CANCELLED,
        cancel_requested=True,
        fault="cancelled",
        reason=reason,
        ended_at=utc(now),
    )


def is_prunable(run: Run, before: datetime, newest_success: Mapping[str, int]) -> bool:
    if run.ended_at is None or run.ended_at >= before or not run.fence:
        return False
    return not (run.pinned or run.pruned_at or newest_success.get(run.deployment) == run.id)


def pruned(run: Run, now: datetime) -> Run:
    tries = tuple(replace(attempt, ledger=None) for attempt in run.attempts)
    return replace(run, outputs=(), attempts=tries, pruned_at=utc(now))
