"""What stores keep of past runs."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from jupyter_deploy.domain.runs import CellTime, RunState
from jupyter_deploy.ports.store import Store
from jupyter_deploy.testing.samples import NOW, closing

from .steps import HOUR, add, claimed, deploy, retried

CELLS = (CellTime(None, "ok", 0.1), CellTime(2, "ok", 1.5), CellTime(4, "error", 0.0))


def run_once(store: Store, *cells: CellTime, state: RunState = RunState.SUCCEEDED) -> int:
    add(store)
    [number] = claimed(store)
    ending = replace(closing(state), cells=cells)
    assert store.close(number, 1, ending, NOW + timedelta(seconds=90))
    return number


def test_cells_of_several_runs(store: Store) -> None:
    deploy(store)
    first, second, none = run_once(store, *CELLS), run_once(store, CELLS[1]), run_once(store)
    assert store.cells([first, second, none]) == {first: CELLS, second: (CELLS[1],)}
    assert store.cells([]) == {}


def test_an_attempt_that_is_followed_by_another_leaves_none(store: Store) -> None:
    deploy(store)
    add(store)
    [number] = claimed(store)
    assert store.close(number, 1, replace(retried(NOW + HOUR), cells=CELLS), NOW)
    assert store.cells([number]) == {}
    assert claimed(store, at=HOUR) == [number]
    assert store.close(number, 2, replace(closing(), cells=CELLS[:1]), NOW + HOUR)
    assert store.cells([number]) == {number: CELLS[:1]}


def test_past_runs_newest_first(store: Store) -> None:
    deploy(store)
    deploy(store, "other")
    first, second = run_once(store), run_once(store, state=RunState.FAILED)
    add(store, "other")
    add(store)
    found = store.past("sales", None, 9)
    assert [run.id for run in found] == [4, second, first]
    waiting, failed, good = found
    assert (waiting.state, waiting.seconds, waiting.at) == (RunState.QUEUED, None, NOW)
    assert (failed.state, failed.verdict) == (RunState.FAILED, "failed")
    assert (good.version, good.seconds, good.started_at) == (1, 90.0, NOW)
    assert [run.id for run in store.past("sales", second, 9)] == [first]
    assert [run.id for run in store.past("sales", None, 9, RunState.FAILED)] == [second]
    assert [run.id for run in store.past("sales", None, 1)] == [4]
    assert store.past("nowhere", None, 9) == []


def test_since_when_it_fails(store: Store) -> None:
    deploy(store)
    deploy(store, "other")
    assert store.failing("sales") is None
    run_once(store, state=RunState.FAILED)
    good = run_once(store)
    assert store.failing("sales") is None
    first = run_once(store, state=RunState.FAILED)
    run_once(store, state=RunState.CANCELLED)
    last = run_once(store, state=RunState.FAILED)
    add(store)
    found = store.failing("sales")
    assert found
    assert (found.since.id, found.newest.id, found.runs) == (first, last, 2)
    assert found.last_good
    assert found.last_good.id == good
    assert store.failing("other") is None


def test_it_may_never_have_been_good(store: Store) -> None:
    deploy(store)
    first = run_once(store, state=RunState.FAILED)
    found = store.failing("sales")
    assert found
    assert (found.since.id, found.newest.id, found.last_good) == (first, first, None)
