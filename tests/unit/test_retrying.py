"""Whether another attempt follows, and when."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_deploy.domain.policies import MAX_BACKOFF, Retry
from jupyter_deploy.domain.retrying import DEATHS, HOPELESS, Jitter, with_retry
from jupyter_deploy.domain.runs import Attempt, Closing, RunState
from jupyter_deploy.testing.samples import NOW, closing


def attempts(*outcomes: str | None) -> list[Attempt]:
    """Those that have ended, and the newest, which is ending now."""
    return [Attempt(n, "fake", outcome, NOW, None) for n, outcome in enumerate([*outcomes, None])]


def failed(fault: str = "lost", outcome: str = "runner died", **members: Any) -> Closing:
    members.setdefault("reason", "The runner died.")
    return closing(RunState.FAILED, fault=fault, outcome=outcome, **members)


def all_of_it(bound: float) -> float:
    return bound


def again(
    ended: Closing, retry: Retry, *before: str, jitter: Jitter = all_of_it
) -> timedelta | None:
    found = with_retry(ended, retry, attempts(*before), NOW, jitter)
    return None if found.retry_at is None else found.retry_at - NOW


@pytest.mark.parametrize("fault", ["infrastructure", "lost"])
def test_what_the_notebook_cannot_help_is_tried_again(fault: str) -> None:
    ended = failed(fault, "runner failed")
    found = with_retry(ended, Retry(2), attempts(), NOW, all_of_it)
    assert found.retry_at == NOW + timedelta(seconds=60)
    assert (found.reason, found.fault, found.outcome) == (ended.reason, fault, "runner failed")


@pytest.mark.parametrize("fault", ["notebook", "timeout", "data", "check", "cancelled", None])
def test_other_faults_are_not_unless_they_are_named(fault: str | None) -> None:
    ended = closing(RunState.FAILED, fault=fault)
    assert with_retry(ended, Retry(9), attempts(), NOW, all_of_it) is ended
    if fault in ("notebook", "timeout"):
        assert again(ended, Retry(9, on=(fault,))) is not None
        assert again(failed("lost"), Retry(9, on=(fault,))) is None


@pytest.mark.parametrize("state", [RunState.SUCCEEDED, RunState.CANCELLED])
def test_only_what_failed_is_tried_again(state: RunState) -> None:
    ended = closing(state, fault="lost")
    assert with_retry(ended, Retry(9), attempts(), NOW, all_of_it) is ended


def test_the_first_one_counts() -> None:
    assert again(failed(outcome="x"), Retry(1)) is None
    assert again(failed(outcome="x"), Retry(2)) is not None
    assert again(failed(outcome="x"), Retry(2), "x") is None
    assert again(failed(outcome="x"), Retry(3), "x") is not None


@pytest.mark.parametrize("outcome", HOPELESS)
def test_what_another_attempt_cannot_change(outcome: str) -> None:
    ended = failed("infrastructure", outcome)
    assert with_retry(ended, Retry(9), attempts(), NOW, all_of_it) is ended


@pytest.mark.parametrize("allowed", [3, 9])  # also as the last one
def test_three_deaths_are_enough(allowed: int) -> None:
    retry = Retry(allowed)
    assert again(failed(), retry) is not None
    assert again(failed(), retry, "kernel died") is not None
    found = with_retry(failed(), retry, attempts("kernel died", "runner died"), NOW, all_of_it)
    assert (found.retry_at, found.outcome, found.state) == (None, "poisoned", "failed")
    assert found.reason == "The runner died. Not tried again: it has ended so 3 times."


def test_what_did_not_die_does_not_count_as_a_death() -> None:
    assert again(failed(), Retry(9), "runner failed", "not started", "kernel died") is not None
    assert again(failed(outcome="runner failed"), Retry(9), *DEATHS) is not None


def test_the_pause_doubles_up_to_a_day() -> None:
    for number, seconds in enumerate([60, 120, 240, 480]):
        pause = again(failed(outcome="x"), Retry(10), *["x"] * number)
        assert pause == timedelta(seconds=seconds)
    longest = again(failed(outcome="x"), Retry(10, backoff=MAX_BACKOFF), "x", "x")
    assert longest == timedelta(days=1)


def test_no_pause() -> None:
    assert again(failed(), Retry(2, backoff=0)) == timedelta(0)


@given(st.integers(0, 8), st.floats(0, MAX_BACKOFF), st.floats(0, 1))
def test_jitter_may_choose_anything_up_to_the_pause(
    before: int, backoff: float, share: float
) -> None:
    asked: list[float] = []

    def some(bound: float) -> float:
        asked.append(bound)
        return bound * share

    pause = again(failed(outcome="x"), Retry(10, backoff), *["x"] * before, jitter=some)
    assert pause == timedelta(seconds=asked[0] * share)
    assert asked == [min(MAX_BACKOFF, backoff * 2**before)]
