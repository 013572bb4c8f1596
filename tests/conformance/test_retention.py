"""Whose files may go, and what is left of a run without them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from jupyter_deploy.domain.runs import Closing, OutputFile, Run, RunState
from jupyter_deploy.errors import NotFound
from jupyter_deploy.ports.store import Store
from jupyter_deploy.testing.samples import NOW, closing

from .steps import LOST, add, deploy, retried

DAY = timedelta(days=1)
OUTPUT = OutputFile("output.ipynb", "application/x-ipynb+json", 3, "sha256:" + "0" * 64)
GOOD = closing(outputs=(OUTPUT,))


def ended(store: Store, *ends: Closing, name: str = "sales", at: timedelta = timedelta()) -> None:
    """A run for each of these, begun and ended then."""
    for end in ends:
        add(store, name)
        [claim] = store.claim(1, "local", NOW + at, "here")
        store.close(claim.run.id, claim.fence, end, NOW + at)


def prunable(store: Store, before: timedelta = DAY, limit: int = 99) -> list[int]:
    return [run.id for run in store.prunable(NOW + before, limit)]


def test_old_runs_oldest_first(store: Store) -> None:
    deploy(store)
    ended(store, GOOD, LOST, GOOD, LOST, GOOD)
    assert prunable(store) == [1, 2, 3, 4]
    assert prunable(store, limit=2) == [1, 2]
    assert prunable(store, timedelta()) == []  # none that ended at this moment


def test_the_newest_success_of_each_deployment_stays(store: Store) -> None:
    deploy(store)
    deploy(store, "other")
    ended(store, GOOD, GOOD, LOST)
    ended(store, GOOD, GOOD, name="other")
    assert prunable(store) == [1, 3, 4]


def test_a_pinned_run_stays(store: Store) -> None:
    deploy(store)
    ended(store, GOOD, GOOD)
    assert store.set_pinned(1, True).pinned
    assert store.run(1).pinned
    assert prunable(store) == []
    assert not store.set_pinned(1, False).pinned
    assert prunable(store) == [1]


def test_who_pins_nothing_is_told_so(store: Store) -> None:
    with pytest.raises(NotFound):
        store.set_pinned(1, True)


def test_open_runs_and_runs_that_never_began_stay(store: Store) -> None:
    deploy(store)
    add(store, count=4)
    store.claim(2, "local", NOW, "here")
    store.close(1, 1, retried(NOW + 9 * DAY), NOW)
    store.request_cancel(3, NOW)
    assert prunable(store) == []


def test_a_pruned_run_keeps_its_row(store: Store) -> None:
    deploy(store)
    ended(store, replace(GOOD, ledger="sha256:" + "1" * 64), GOOD)
    before = store.run(1)
    store.prune([1], NOW + DAY)
    after = store.run(1)
    assert (after.outputs, after.pruned_at, after.attempts[0].ledger) == ((), NOW + DAY, None)
    assert _without_files(after) == _without_files(before)
    assert prunable(store) == []
    assert store.without_files([1, 2, 3]) == [1]
    assert store.run(2).outputs == (OUTPUT,)


def _without_files(run: Run) -> Run:
    tries = tuple(replace(attempt, ledger=None) for attempt in run.attempts)
    return replace(run, outputs=(), attempts=tries, pruned_at=None)


def test_nothing_to_prune(store: Store) -> None:
    store.prune([], NOW)
    assert store.without_files([]) == []


def test_only_a_success_is_worth_keeping_for_itself(store: Store) -> None:
    deploy(store)
    ended(store, LOST, closing(RunState.CANCELLED))
    assert prunable(store) == [1, 2]
