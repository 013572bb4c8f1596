"""Who may start when, beside how many others, and who has waited too long."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from jupyter_deploy.domain import backlog
from jupyter_deploy.domain.firing import Firing, Planned
from jupyter_deploy.domain.policies import Limits, Policies, Retry
from jupyter_deploy.domain.runs import RunState
from jupyter_deploy.domain.schedule import Schedule
from jupyter_deploy.errors import TooMany
from jupyter_deploy.ports.store import NewRun, RunQuery, Store
from jupyter_deploy.testing.samples import HOURLY, NOW, closing, new_version

from .steps import HOUR, add, claimed, deploy, fire, kinds, retried

SECOND = timedelta(seconds=1)
RUN = NewRun("sales", {}, None)


# policies of versions


def test_a_version_keeps_its_policies(store: Store) -> None:
    policies = Policies(Retry(3, 1.5, ("timeout",)), Limits(7200, 60, None, 5), 2, -7)
    store.deploy(new_version(policies=policies), NOW)
    store.deploy(new_version(), NOW)
    assert [item.policies for item in store.versions("sales")] == [Policies(), policies]
    assert store.deployment("sales").current.policies == Policies()


def test_other_policies_are_another_version(store: Store) -> None:
    deploy(store)
    for policies, created in [
        ({}, False),
        ({"priority": 1}, True),
        ({"priority": 1}, False),
        ({"timeout": Limits(cell=60)}, True),
        ({"retry": Retry(2)}, True),
        ({"max_running": 1}, True),
        ({"secrets": ("DB_URL",)}, True),
        ({"secrets": ("DB_URL",)}, False),
        ({}, True),
    ]:
        assert store.deploy(new_version(policies=Policies(**policies)), NOW)[1] is created


# the order of claims


def test_higher_priority_first_then_the_older_one(store: Store) -> None:
    for name, priority in [("low", -1), ("usual", 0), ("high", 100)]:
        deploy(store, name, priority=priority)
    for name in ("low", "usual", "high", "usual", "high", "low"):
        add(store, name)
    assert claimed(store, 1) == [3]
    assert claimed(store, 3) == [5, 2, 4]
    assert claimed(store) == [1, 6]


def test_a_run_has_the_priority_of_its_own_version(store: Store) -> None:
    deploy(store, priority=1)
    add(store)
    deploy(store, priority=2)
    add(store)
    assert claimed(store) == [2, 1]


def test_none_before_its_time(store: Store) -> None:
    deploy(store, schedule=HOURLY)
    start = NOW + HOUR + 10 * SECOND
    [run] = fire(store, Firing(NOW + HOUR, RunState.QUEUED, "Due.", start))
    assert (run.not_before, run.due_at) == (start, NOW + HOUR)
    assert claimed(store, at=HOUR + 10 * SECOND - timedelta(microseconds=1)) == []
    [claim] = store.claim(9, "local", start, "here")
    assert (claim.run.id, claim.run.not_before) == (1, None)


def test_a_run_that_waits_for_its_time_holds_up_nobody(store: Store) -> None:
    deploy(store, schedule=HOURLY, priority=9)
    deploy(store, "other")
    fire(store, Firing(NOW + HOUR, RunState.QUEUED, "Due.", NOW + 2 * HOUR))
    add(store, "other")
    assert claimed(store, at=HOUR) == [2]


def test_the_next_start_is_the_earliest_of_the_queued(store: Store) -> None:
    deploy(store, schedule=HOURLY)
    deploy(store, "other", schedule=HOURLY)
    assert store.next_start() is None
    add(store)
    assert store.next_start() is None
    berlin = (NOW + 3 * HOUR).astimezone(ZoneInfo("Europe/Berlin"))
    starts = [berlin, NOW + 2 * HOUR]
    for item, start in zip(store.due_schedules(NOW + HOUR, 9), starts, strict=True):
        store.fire([Planned(item, [Firing(NOW + HOUR, RunState.QUEUED, "Due.", start)], None)], NOW)
    assert store.next_start() == NOW + 2 * HOUR
    assert claimed(store, at=2 * HOUR) == [1, 3]
    assert store.next_start() == NOW + 3 * HOUR
    store.request_cancel(2, NOW)
    assert store.next_start() is None


# how many at once


def test_not_more_at_once_than_the_deployment_may_have(store: Store) -> None:
    deploy(store, max_running=2)
    deploy(store, "other")
    add(store, count=4)
    add(store, "other", 2)
    assert claimed(store, 4) == [1, 2, 5, 6]  # also within one call, and others go ahead
    assert claimed(store) == []
    store.close(2, 1, closing(), NOW)
    assert claimed(store) == [3]
    assert claimed(store) == []


def test_an_old_deployment_of_the_name_does_not_count(store: Store) -> None:
    deploy(store, max_running=1)
    add(store)
    assert claimed(store) == [1]
    store.delete("sales", NOW)
    deploy(store, max_running=1)
    add(store, count=2)
    assert claimed(store) == [2]


@pytest.mark.parametrize(
    ("overlap", "at_once"),
    [("skip", 1), ("queue_one", 1), ("queue_all", 1), ("cancel_previous", 1), ("allow", 2)],
)
def test_scheduled_runs_wait_for_each_other(store: Store, overlap: str, at_once: int) -> None:
    deploy(store, schedule=Schedule("0 * * * *", "UTC", overlap=overlap), max_running=2)
    times = [NOW + HOUR, NOW + 2 * HOUR, NOW + 3 * HOUR]
    fire(store, *[Firing(due, RunState.QUEUED, "Due.") for due in times])
    assert len(claimed(store, at=3 * HOUR)) == at_once


# waiting too long


def test_what_waits_longer_than_it_may_fails(store: Store) -> None:
    deploy(store, timeout=Limits(queue=60))
    deploy(store, "patient")
    add(store)
    add(store, "patient")
    assert store.expire(NOW + 60 * SECOND - timedelta(microseconds=1)) == 0
    assert store.expire(NOW + 60 * SECOND) == 1
    run = store.run(1)
    assert (run.state, run.verdict, run.fault) == ("failed", "failed", "timeout")
    assert (run.ended_at, run.started_at, run.attempts) == (NOW + 60 * SECOND, None, ())
    assert run.reason is not None
    assert run.reason.startswith("It waited longer than its limit")
    assert "never started" in run.reason
    assert kinds(store, 1) == ["run.queued", "run.finished"]
    assert store.run(2).state == "queued"
    assert store.expire(NOW + 60 * SECOND) == 0
    assert claimed(store) == [2]


def test_only_what_never_started_expires(store: Store) -> None:
    deploy(store, timeout=Limits(queue=60))
    add(store, count=3)
    claimed(store, 2)
    store.request_cancel(3, NOW)
    store.close(1, 1, retried(NOW + HOUR), NOW)
    assert store.expire(NOW + 2 * HOUR) == 0
    assert [store.run(number).state for number in (1, 2, 3)] == ["queued", "running", "cancelled"]


def test_the_wait_begins_when_the_run_may_start(store: Store) -> None:
    deploy(store, schedule=HOURLY, timeout=Limits(queue=60))
    start = NOW + HOUR + timedelta(minutes=30)
    fire(store, Firing(NOW + HOUR, RunState.QUEUED, "Due.", start))
    assert store.expire(start + 59 * SECOND) == 0
    assert store.expire(start + 60 * SECOND) == 1


# how many may wait


def room(store: Store, name: str) -> int:
    return store.backlog([name]).room(name)


def test_a_hundred_of_a_deployment_may_wait(store: Store) -> None:
    deploy(store)
    deploy(store, "other")
    assert (room(store, "sales"), room(store, "nobody")) == (100, 100)
    add(store, count=99)
    store.add_run(NewRun("sales", {}, None, "key"), NOW)
    assert (room(store, "sales"), room(store, "other")) == (0, 100)
    with pytest.raises(TooMany) as caught:
        store.add_run(RUN, NOW)
    assert "sales" in caught.value.message
    assert store.add_run(NewRun("sales", {}, None, "key"), NOW)[0].id == 100
    assert len(store.runs(RunQuery(limit=500))) == 100
    claimed(store, 2)  # what runs does not wait
    assert room(store, "sales") == 2
    add(store, "other")
    assert store.add_run(RUN, NOW)[0].id == 102


def test_there_is_a_limit_for_all(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backlog, "MAX_QUEUED_IN_ALL", 5)
    deploy(store)
    deploy(store, "other")
    add(store, count=3)
    assert (room(store, "sales"), room(store, "other")) == (2, 2)
    add(store, "other", 2)
    for name in ("sales", "other"):
        assert room(store, name) == 0
        with pytest.raises(TooMany):
            add(store, name)
