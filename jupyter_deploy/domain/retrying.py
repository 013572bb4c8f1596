"""Whether a failed attempt is followed by another one, and when."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from jupyter_deploy.domain.policies import MAX_BACKOFF, Retry
from jupyter_deploy.domain.runs import Attempt, Closing, RunState
from jupyter_deploy.domain.verdict import NEVER_STARTED

#: Outcomes of attempts that ended by a signal; three of them and nothing is tried again.
DEATHS = ("runner died", "kernel died")
POISONED = 3
#: What another attempt cannot change.
HOPELESS = ("kernel not found", "disk full")

#: Gives a number from 0 to its argument.
Jitter = Callable[[float], float]


def with_retry(
    closing: Closing,
    retry: Retry,
    attempts: Sequence[Attempt],
    now: datetime,
    jitter: Jitter,
) -> Closing:
    """The closing of the newest of `attempts`, with `retry_at` when another one follows."""
    if closing.outcome == NEVER_STARTED and len(attempts) < POISONED:
        return replace(closing, retry_at=now)  # nothing was executed: nothing happens twice
    if closing.state is not RunState.FAILED or closing.fault not in retry.on:
        return closing
    deaths = [attempt.outcome for attempt in attempts[:-1]].count
    died = sum(deaths(outcome) for outcome in DEATHS) + (closing.outcome in DEATHS)
    if died >= POISONED:
        reason = f"{closing.reason} Not tried again: it has ended so {died} times."
        return replace(closing, reason=reason, outcome="poisoned")
    if closing.outcome in HOPELESS or len(attempts) >= retry.attempts:
        return closing
    return replace(closing, retry_at=now + _pause(retry, len(attempts), jitter))


def _pause(retry: Retry, number: int, jitter: Jitter) -> timedelta:
    """Full jitter: anything up to the doubled backoff, so that a crowd spreads out."""
    return timedelta(seconds=jitter(min(MAX_BACKOFF, retry.backoff * 2 ** (number - 1))))
