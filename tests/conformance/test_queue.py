"""Who may start when, who waits too long, who is tried again and who is to end."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from jupyter_deploy.domain.firing import Firing
from jupyter_deploy.domain.policies import Limits, Policies, Retry
from jupyter_deploy.domain.runs import Closing, Progress, Run, RunState
from jupyter_deploy.domain.schedule import Schedule
from jupyter_deploy.errors import NotFound, TooMany
from jupyter_deploy.ports.store import NewRun, RunQuery, Store
from jupyter_deploy.store import queue
from jupyter_deploy.testing import memory
from jupyter_deploy.testing.samples import HOURLY, NOW, closing, new_version

SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)
RUN = NewRun("sales", {}, None)
LOST = closing(
    RunState.FAILED,
    fault="lost",
    reason="It died.",
    outcome="runner died",
    cell=3,
    verdict="failed",
)


def retried(at: datetime) -> Closing:
    return replace(LOST, retry_at=at)


def deploy(
    store: Store, name: str = "sales", schedule: Schedule | None = None, **members: Any
) -> None:
    store.deploy(new_version(name, schedule=schedule, policies=Policies(**members)), NOW)


def add(store: Store, name: str = "sales", count: int = 1) -> None:
    for _ in range(count):
        store.add_run(NewRun(name, {}, None), NOW)


def fire(store: Store, *firings: Firing) -> list[Run]:
    """The runs of these due times."""
    [due] = store.due_schedules(firings[-1].due_at, 9)
    assert store.fire(due, firings, firings[-1].due_at + HOUR, firings[-1].due_at)
    return store.runs(RunQuery(limit=len(firings)))[::-1]


def claimed(store: Store, slots: int = 9, at: timedelta = timedelta(0)) -> list[int]:
    return [claim.run.id for claim in store.claim(slots, "local", NOW + at)]


def kinds(store: Store, run_id: int) -> list[str]:
    return [event.kind for event in store.events(0, 10_000) if event.run == run_id]


# policies of versions


def test_a_version_keeps_its_policies(store: Store) -> None:
    policies = Policies(Retry(3, 1.5, ("timeout",)), Limits(7200, 60, None, 5), 2, -7)
    store.deploy(new_version(policies=policies), NOW)
    store.deploy(new_version(), NOW)
    assert [item.policies for item in store.versions("sales")] == [Policies(), policies]
    assert store.deployment("sales").live.policies == Policies()


def test_other_policies_are_another_version(store: Store) -> None:
    deploy(store)
    for policies, created in [
        ({}, False),
        ({"priority": 1}, True),
        ({"priority": 1}, False),
        ({"timeout": Limits(cell=60)}, True),
        ({"retry": Retry(2)}, True),
        ({"max_running": 1}, True),
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
    [run] = fire(store, Firing(NOW + HOUR, RunState.QUEUED, None, start))
    assert (run.not_before, run.due_at) == (start, NOW + HOUR)
    assert claimed(store, at=HOUR + 10 * SECOND - timedelta(microseconds=1)) == []
    [claim] = store.claim(9, "local", start)
    assert (claim.run.id, claim.run.not_before) == (1, None)


def test_a_run_that_waits_for_its_time_holds_up_nobody(store: Store) -> None:
    deploy(store, schedule=HOURLY, priority=9)
    deploy(store, "other")
    fire(store, Firing(NOW + HOUR, RunState.QUEUED, None, NOW + 2 * HOUR))
    add(store, "other")
    assert claimed(store, at=HOUR) == [2]


def test_the_next_start_is_the_earliest_of_the_queued(store: Store) -> None:
    deploy(store, schedule=HOURLY)
    deploy(store, "other", schedule=HOURLY)
    assert store.next_start() is None
    add(store)
    assert store.next_start() is None
    berlin = (NOW + 3 * HOUR).astimezone(ZoneInfo("Europe/Berlin"))
    for item, start in zip(
        store.due_schedules(NOW + HOUR, 9), [berlin, NOW + 2 * HOUR], strict=True
    ):
        store.fire(item, [Firing(NOW + HOUR, RunState.QUEUED, None, start)], None, NOW)
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
    fire(store, *[Firing(due, RunState.QUEUED, None) for due in times])
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
    fire(store, Firing(NOW + HOUR, RunState.QUEUED, None, start))
    assert store.expire(start + 59 * SECOND) == 0
    assert store.expire(start + 60 * SECOND) == 1


# how many may wait


def test_a_hundred_of_a_deployment_may_wait(store: Store) -> None:
    deploy(store)
    deploy(store, "other")
    assert (store.room("sales"), store.room("nobody")) == (100, 100)
    add(store, count=99)
    store.add_run(NewRun("sales", {}, None, "key"), NOW)
    assert (store.room("sales"), store.room("other")) == (0, 100)
    with pytest.raises(TooMany) as caught:
        store.add_run(RUN, NOW)
    assert "sales" in caught.value.message
    assert store.add_run(NewRun("sales", {}, None, "key"), NOW)[0].id == 100
    assert len(store.runs(RunQuery(limit=500))) == 100
    claimed(store, 2)  # what runs does not wait
    assert store.room("sales") == 2
    add(store, "other")
    assert store.add_run(RUN, NOW)[0].id == 102


def test_there_is_a_limit_for_all(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (queue, memory):
        monkeypatch.setattr(module, "MAX_QUEUED_IN_ALL", 5)
    deploy(store)
    deploy(store, "other")
    add(store, count=3)
    assert (store.room("sales"), store.room("other")) == (2, 2)
    add(store, "other", 2)
    for name in ("sales", "other"):
        assert store.room(name) == 0
        with pytest.raises(TooMany):
            add(store, name)


# another attempt


def test_a_closing_with_another_attempt_keeps_the_run_open(store: Store) -> None:
    deploy(store, schedule=HOURLY)
    add(store)
    claimed(store)
    berlin = (NOW + HOUR).astimezone(ZoneInfo("Europe/Berlin"))
    assert store.close(1, 1, retried(berlin), NOW + SECOND) is True
    run = store.run(1)
    assert (run.state, run.not_before, run.fence) == ("queued", NOW + HOUR, 1)
    assert (run.verdict, run.fault, run.cell, run.ended_at) == (None, None, None, None)
    assert (run.reason, run.progress, run.outputs) == ("It died.", None, ())
    [attempt] = run.attempts
    assert (attempt.outcome, attempt.ended_at) == ("runner died", NOW + SECOND)
    assert store.open_runs("sales") == {1: "queued"}
    assert store.next_start() == NOW + HOUR
    event = store.events(0, 99)[-1]
    assert (event.kind, event.run, event.state) == ("run.retried", 1, "queued")


def test_the_next_attempt_has_a_higher_fence(store: Store) -> None:
    deploy(store)
    add(store)
    claimed(store)
    store.close(1, 1, retried(NOW + HOUR), NOW)
    assert claimed(store, at=HOUR - SECOND) == []
    [claim] = store.claim(1, "local", NOW + HOUR)
    assert (claim.fence, claim.run.fence) == (2, 2)
    assert (claim.run.reason, claim.run.not_before) == (None, None)
    assert claim.run.started_at == NOW  # of the first attempt
    assert [attempt.outcome for attempt in claim.run.attempts] == ["runner died", None]
    assert store.close(1, 2, closing(progress=Progress(3, 3)), NOW + 2 * HOUR)
    run = store.run(1)
    assert (run.state, run.verdict, run.progress) == ("succeeded", "succeeded", Progress(3, 3))
    assert [attempt.outcome for attempt in run.attempts] == ["runner died", "succeeded"]
    assert [attempt.fence for attempt in run.attempts] == [1, 2]
    started = ["run.queued", "run.started"]
    assert kinds(store, 1) == [*started, "run.retried", "run.started", "run.finished"]


@pytest.mark.parametrize("stale", [closing(), retried(NOW + HOUR)], ids=["for good", "again"])
def test_a_stale_attempt_changes_nothing(store: Store, stale: Any) -> None:
    deploy(store)
    add(store)
    claimed(store)
    store.close(1, 1, retried(NOW), NOW)
    for begin in (lambda: None, lambda: claimed(store), lambda: store.close(1, 2, LOST, NOW)):
        begin()
        before, events = store.run(1), store.last_event()
        assert store.close(1, 1, stale, NOW + HOUR) is False
        assert (store.run(1), store.last_event()) == (before, events)
    assert store.run(1).state == "failed"


def test_a_run_that_waits_for_another_attempt_can_be_cancelled(store: Store) -> None:
    deploy(store)
    add(store)
    claimed(store)
    store.close(1, 1, retried(NOW + HOUR), NOW)
    run = store.request_cancel(1, NOW)
    assert (run.state, run.fault, run.cancel_requested) == ("cancelled", "cancelled", True)
    assert run.reason == "Cancelled before it was tried again."
    assert (run.ended_at, len(run.attempts)) == (NOW, 1)
    assert claimed(store, at=HOUR) == []


# runs of an older version


def test_a_run_of_an_older_version(store: Store) -> None:
    deploy(store, max_running=1, priority=5)
    deploy(store)
    add(store)
    new = NewRun("sales", {"n": 1}, "ada", version=1, trigger="retry")
    run, created = store.add_run(new, NOW)
    assert (created, run.version, run.trigger) == (True, 1, "retry")
    assert (run.parameters, run.created_by) == ({"n": 1}, "ada")
    assert store.run_version(run.id).number == 1
    assert store.run(run.id) == run
    assert claimed(store, 1) == [2]  # with that version's policies


def test_a_run_of_an_unknown_version(store: Store) -> None:
    deploy(store)
    with pytest.raises(NotFound):
        store.add_run(NewRun("sales", {}, None, version=2), NOW)
    assert store.runs(RunQuery()) == []
    assert store.last_event() == 1


# wishes to end


def test_the_runs_that_somebody_wants_to_end(store: Store) -> None:
    deploy(store)
    add(store, count=4)
    claimed(store, 3)
    assert store.to_cancel() == []
    for number in (3, 1, 4, 3):
        if store.run(number).state.open:
            store.request_cancel(number, NOW)
    assert store.to_cancel() == [1, 3]
    store.close(1, 1, closing(RunState.CANCELLED), NOW)
    assert store.to_cancel() == [3]


PREVIOUS = Schedule("0 * * * *", "UTC", overlap="cancel_previous")
DUE = Firing(NOW + HOUR, RunState.QUEUED, None)


def test_the_previous_run_is_cancelled(store: Store) -> None:
    deploy(store, schedule=PREVIOUS)
    deploy(store, "other")
    add(store, count=2)
    add(store, "other")
    claimed(store, 1)
    fire(store, DUE)
    waiting = store.run(2)
    assert (waiting.state, waiting.fault) == ("cancelled", "cancelled")
    assert (waiting.reason, waiting.ended_at) == (
        "Cancelled: the next due time came.",
        NOW + HOUR,
    )
    assert waiting.cancel_requested
    assert kinds(store, 2) == ["run.queued", "run.cancelled"]
    running = store.run(1)
    assert (running.state, running.cancel_requested, running.reason) == ("running", True, None)
    assert store.to_cancel() == [1]
    assert store.open_runs("sales") == {1: "running", 4: "queued"}
    assert store.open_runs("other") == {3: "queued"}
    assert claimed(store, at=HOUR) == [3]  # the new one waits until the old one is gone
    store.close(1, 1, closing(RunState.CANCELLED), NOW + HOUR)
    assert claimed(store, at=HOUR) == [4]


@pytest.mark.parametrize("state", [RunState.MISSED, RunState.SKIPPED])
def test_what_does_not_run_cancels_nothing(store: Store, state: RunState) -> None:
    deploy(store, schedule=PREVIOUS)
    add(store, count=2)
    claimed(store, 1)
    fire(store, Firing(NOW + HOUR, state, "Because."))
    assert store.open_runs("sales") == {1: "running", 2: "queued"}
    assert store.to_cancel() == []


def test_a_due_time_that_another_engine_fired_cancels_nothing(store: Store) -> None:
    deploy(store, schedule=PREVIOUS)
    [due] = store.due_schedules(NOW + HOUR, 9)
    assert store.fire(due, [DUE], NOW + 2 * HOUR, NOW + HOUR)
    claimed(store, at=HOUR)
    assert store.fire(due, [DUE], NOW + 2 * HOUR, NOW + HOUR) is False
    assert store.to_cancel() == []
    assert store.open_runs("sales") == {1: "running"}


@pytest.mark.parametrize("overlap", ["skip", "queue_one", "queue_all", "allow"])
def test_other_overlaps_cancel_nothing(store: Store, overlap: str) -> None:
    deploy(store, schedule=Schedule("0 * * * *", "UTC", overlap=overlap))
    add(store, count=2)
    claimed(store, 1)
    fire(store, DUE)
    assert store.open_runs("sales") == {1: "running", 2: "queued", 3: "queued"}
    assert store.to_cancel() == []


def test_deleting_cancels_what_is_queued_also_for_another_attempt(store: Store) -> None:
    deploy(store)
    add(store, count=2)
    claimed(store, 1)
    store.close(1, 1, retried(NOW + HOUR), NOW)
    store.delete("sales", NOW)
    for number in (1, 2):
        run = store.run(number)
        assert (run.state, run.cancel_requested) == ("cancelled", True)
        assert run.reason == "Cancelled: the deployment was deleted."
