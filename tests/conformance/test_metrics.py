"""Metrics of runs, in every store."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import timedelta

from jupyter_deploy.domain.metrics import Metric
from jupyter_deploy.domain.runs import RunState
from jupyter_deploy.ports.store import RunQuery, Store
from jupyter_deploy.testing.samples import NOW, closing, new_version

from .steps import add, claimed

ALL = (
    Metric("auc", 0.91, "%", "sdk", 3),
    Metric("worst", math.nan, None, "sdk", None),
    Metric("best", math.inf, None, "shown", 0),
    Metric("least", -math.inf, None, "shown", 0),
)


def close(store: Store, *metrics: Metric, retry: bool = False) -> int:
    add(store)
    [number] = claimed(store)
    ending = replace(closing(RunState.SUCCEEDED), metrics=metrics)
    if retry:
        ending = replace(ending, retry_at=NOW + timedelta(days=1))
    assert store.close(number, 1, ending, NOW)
    return number


def test_a_run_has_its_metrics(store: Store) -> None:
    store.deploy(new_version(), NOW)
    number = close(store, *ALL)
    for run in (store.run(number), *store.runs(RunQuery())):
        assert math.isnan(run.metrics["worst"])
        others = {name: value for name, value in run.metrics.items() if name != "worst"}
        assert others == {"auc": 0.91, "best": math.inf, "least": -math.inf}


def test_of_one_name_the_last_counts(store: Store) -> None:
    store.deploy(new_version(), NOW)
    assert store.run(close(store, Metric("n", 1), Metric("n", 2))).metrics == {"n": 2}


def test_an_attempt_that_is_followed_by_another_leaves_none(store: Store) -> None:
    store.deploy(new_version(), NOW)
    number = close(store, *ALL, retry=True)
    assert store.run(number).metrics == {}


def test_a_stale_end_leaves_none(store: Store) -> None:
    store.deploy(new_version(), NOW)
    number = close(store, Metric("n", 1))
    late = replace(closing(RunState.SUCCEEDED), metrics=(Metric("n", 9),))
    assert not store.close(number, 1, late, NOW)
    assert store.run(number).metrics == {"n": 1}


def test_the_newest_runs_that_have_any(store: Store) -> None:
    store.deploy(new_version(), NOW)
    first, second = close(store, Metric("n", 1)), close(store, Metric("n", 2), Metric("m", 0))
    close(store)
    third = close(store, Metric("n", 3, "kg"))
    name = store.run(first).deployment
    found = store.measured(name, (), 2)
    assert [(one.run, one.metric.name, one.metric.value) for one in found] == [
        (second, "m", 0),
        (second, "n", 2),
        (third, "n", 3),
    ]
    assert found[-1].metric.unit == "kg"
    assert found[-1].at == store.run(third).started_at
    assert [one.run for one in store.measured(name, ("n",), 9)] == [first, second, third]
    assert store.measured(name, ("other",), 9) == []
    assert store.measured("other", (), 9) == []
