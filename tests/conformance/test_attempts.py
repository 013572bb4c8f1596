"""Who is tried again, runs of older versions, and who is to end."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from jupyter_deploy.domain.firing import Firing, Planned
from jupyter_deploy.domain.runs import Progress, RunState
from jupyter_deploy.domain.schedule import Schedule
from jupyter_deploy.errors import NotFound
from jupyter_deploy.ports.store import NewRun, RunQuery, Store
from jupyter_deploy.testing.samples import HOURLY, NOW, closing

from .steps import HOUR, LOST, add, claimed, deploy, fire, kinds, retried

SECOND = timedelta(seconds=1)


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
    assert store.backlog(["sales"]).open_runs["sales"] == {1: "queued"}
    assert store.next_start() == NOW + HOUR
    event = store.events(0, 99)[-1]
    assert (event.kind, event.run, event.state) == ("run.retried", 1, "queued")


def test_the_next_attempt_has_a_higher_fence(store: Store) -> None:
    deploy(store)
    add(store)
    claimed(store)
    store.close(1, 1, retried(NOW + HOUR), NOW)
    assert claimed(store, at=HOUR - SECOND) == []
    [claim] = store.claim(1, "local", NOW + HOUR, "here")
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
    new = NewRun("sales", {"n": 1}, "ada", version=1, again=7)
    run, created = store.add_run(new, NOW)
    assert (created, run.version, run.trigger) == (True, 1, "retry")
    assert (run.parameters, run.created_by) == ({"n": 1}, "ada")
    assert run.why == "Run 7 again, asked for by ada."
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
DUE = Firing(NOW + HOUR, RunState.QUEUED, "Due.")


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
    assert store.backlog(["sales"]).open_runs["sales"] == {1: "running", 4: "queued"}
    assert store.backlog(["other"]).open_runs["other"] == {3: "queued"}
    assert claimed(store, at=HOUR) == [3]  # the new one waits until the old one is gone
    store.close(1, 1, closing(RunState.CANCELLED), NOW + HOUR)
    assert claimed(store, at=HOUR) == [4]


@pytest.mark.parametrize("state", [RunState.MISSED, RunState.SKIPPED])
def test_what_does_not_run_cancels_nothing(store: Store, state: RunState) -> None:
    deploy(store, schedule=PREVIOUS)
    add(store, count=2)
    claimed(store, 1)
    fire(store, Firing(NOW + HOUR, state, "Because."))
    assert store.backlog(["sales"]).open_runs["sales"] == {1: "running", 2: "queued"}
    assert store.to_cancel() == []


def test_a_due_time_that_another_engine_fired_cancels_nothing(store: Store) -> None:
    deploy(store, schedule=PREVIOUS)
    [due] = store.due_schedules(NOW + HOUR, 9)
    assert store.fire([Planned(due, [DUE], NOW + 2 * HOUR)], NOW + HOUR)
    claimed(store, at=HOUR)
    assert store.fire([Planned(due, [DUE], NOW + 2 * HOUR)], NOW + HOUR) == 0
    assert store.to_cancel() == []
    assert store.backlog(["sales"]).open_runs["sales"] == {1: "running"}


@pytest.mark.parametrize("overlap", ["skip", "queue_one", "queue_all", "allow"])
def test_other_overlaps_cancel_nothing(store: Store, overlap: str) -> None:
    deploy(store, schedule=Schedule("0 * * * *", "UTC", overlap=overlap))
    add(store, count=2)
    claimed(store, 1)
    fire(store, DUE)
    assert store.backlog(["sales"]).open_runs["sales"] == {1: "running", 2: "queued", 3: "queued"}
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
