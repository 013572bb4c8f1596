"""Runs, attempts, events."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from jupyter_deploy.domain.deployments import Activity
from jupyter_deploy.domain.firing import Firing, Planned
from jupyter_deploy.domain.runs import Attempt, OutputFile, Progress, RunState
from jupyter_deploy.errors import Conflict, NotFound
from jupyter_deploy.ports.store import NewRun, RunQuery, Store
from jupyter_deploy.testing.samples import HOURLY, NOW, closing, new_version

LATER = NOW + timedelta(minutes=10)
HOUR = timedelta(hours=1)
RUN = NewRun("sales", {}, None)


@pytest.fixture
def sales(store: Store) -> Store:
    store.deploy(new_version(schedule=HOURLY, parameters={"n": 1}), NOW)
    return store


def ids(store: Store, **query: object) -> list[int]:
    return [run.id for run in store.runs(RunQuery(**query))]  # type: ignore[arg-type]


def test_a_run_is_queued_for_the_live_version(sales: Store) -> None:
    sales.deploy(new_version(parameters={"n": 2}), NOW)
    run, created = sales.add_run(NewRun("sales", {"n": 3}, "ada"), LATER)
    assert created is True
    assert (run.id, run.deployment, run.version, run.trigger) == (1, "sales", 2, "manual")
    assert (run.state, run.parameters, run.created_by) == (RunState.QUEUED, {"n": 3}, "ada")
    assert (run.created_at, run.started_at, run.ended_at) == (LATER, None, None)
    assert (run.fence, run.attempts, run.outputs) == (0, (), ())
    assert (run.verdict, run.fault, run.reason, run.progress) == (None, None, None, None)
    assert run.why == "Started by ada."
    assert sales.run(1) == run


@pytest.mark.parametrize("retry_at", [None, LATER])
def test_no_end_takes_away_why_a_run_is_there(sales: Store, retry_at: datetime | None) -> None:
    sales.add_run(RUN, NOW)
    sales.add_run(RUN, NOW)
    [claim] = sales.claim(1, "local", NOW, "here")
    end = replace(closing(RunState.FAILED), reason="It failed.", retry_at=retry_at)
    assert sales.close(claim.run.id, claim.fence, end, LATER)
    sales.request_cancel(2, LATER)
    assert [run.reason for run in sales.runs(RunQuery())] == [
        "Cancelled before it started.",
        "It failed.",
    ]
    assert [run.why for run in sales.runs(RunQuery())] == ["Started by hand."] * 2
    assert sales.recent(9)["sales"][0].why == "Started by hand."


def test_a_run_keeps_its_version(sales: Store) -> None:
    sales.add_run(RUN, NOW)
    sales.deploy(new_version(parameters={"n": 2}), NOW)
    assert sales.run_version(1).parameters == {"n": 1}
    [claim] = sales.claim(1, "local", NOW, "here")
    assert claim.version == sales.run_version(1)


def test_the_same_key_gives_the_same_run(sales: Store) -> None:
    first, created = sales.add_run(NewRun("sales", {"n": 1}, "ada", "key"), NOW)
    again, created_again = sales.add_run(NewRun("sales", {"n": 2}, "bob", "key"), LATER)
    assert (created, created_again, again) == (True, False, first)
    assert sales.add_run(NewRun("sales", {}, None, "other"), NOW)[1]
    assert sales.add_run(RUN, NOW)[1]
    assert sales.add_run(RUN, NOW)[1]


def test_a_key_holds_also_when_its_run_has_ended(sales: Store) -> None:
    run, _ = sales.add_run(NewRun("sales", {}, None, "key"), NOW)
    sales.request_cancel(run.id, NOW)
    again, created = sales.add_run(NewRun("sales", {}, None, "key"), NOW)
    assert (again.id, again.state, created) == (run.id, "cancelled", False)


def test_keys_belong_to_a_deployment(sales: Store) -> None:
    sales.deploy(new_version("other"), NOW)
    for name in ("sales", "other"):
        assert sales.add_run(NewRun(name, {}, None, "key"), NOW)[1]


def test_runs_come_newest_first_in_pages(sales: Store) -> None:
    sales.deploy(new_version("other"), NOW)
    for number in range(6):
        sales.add_run(NewRun("sales" if number % 2 else "other", {}, None), NOW)
    assert ids(sales) == [6, 5, 4, 3, 2, 1]
    assert ids(sales, limit=2) == [6, 5]
    assert ids(sales, limit=2, before=5) == [4, 3]
    assert ids(sales, before=1) == []
    assert ids(sales, before=10**12) == [6, 5, 4, 3, 2, 1]
    assert ids(sales, deployment="sales") == [6, 4, 2]
    assert ids(sales, deployment="sales", before=4, limit=5) == [2]
    assert ids(sales, deployment="nobody") == []
    sales.request_cancel(4, NOW)
    assert ids(sales, state=RunState.CANCELLED) == [4]
    assert ids(sales, state=RunState.QUEUED, deployment="sales") == [6, 2]


def test_recent_runs_of_each_deployment_oldest_first(sales: Store) -> None:
    for name in ("other", "idle", "gone"):
        sales.deploy(new_version(name), NOW)
    for number in range(5):
        sales.add_run(RUN, NOW)
        if number < 2:
            sales.add_run(NewRun("other", {}, None), NOW)
    sales.add_run(NewRun("gone", {}, None), NOW)
    sales.delete("gone", NOW)
    sales.claim(9, "local", NOW, "here")
    recent = sales.recent(3)
    found = {name: [run.id for run in runs] for name, runs in recent.items()}
    assert found == {"sales": [5, 6, 7], "other": [2, 4]}
    assert all(run.attempts == () for runs in recent.values() for run in runs)


@pytest.mark.parametrize("number", [0, 2, -1, 10**12])
def test_nothing_is_found_of_an_unknown_run(sales: Store, number: int) -> None:
    sales.add_run(RUN, NOW)
    for ask in (
        lambda: sales.run(number),
        lambda: sales.run_version(number),
        lambda: sales.request_cancel(number, NOW),
    ):
        with pytest.raises(NotFound):
            ask()
    assert sales.close(number, 1, closing(), NOW) is False


def test_claiming_takes_the_oldest_and_gives_a_fence(sales: Store) -> None:
    for _ in range(3):
        sales.add_run(RUN, NOW)
    claims = sales.claim(2, "local", LATER, "here")
    assert [(claim.run.id, claim.fence) for claim in claims] == [(1, 1), (2, 1)]
    run = sales.run(1)
    assert claims[0].run == run
    assert (run.state, run.fence, run.started_at) == (RunState.RUNNING, 1, LATER)
    assert run.attempts == (Attempt(1, "local", None, LATER, None, "here"),)
    assert sales.running("here") == [sales.run(1), sales.run(2)]
    assert [claim.run.id for claim in sales.claim(5, "local", LATER, "here")] == [3]
    assert sales.claim(5, "local", LATER, "here") == []
    assert sales.claim(0, "local", LATER, "here") == []


def test_closing_ends_attempt_and_run(sales: Store) -> None:
    sales.add_run(RUN, NOW)
    sales.claim(1, "local", NOW, "here")
    outputs = (OutputFile("output.ipynb", "application/x-ipynb+json", 7, "sha256:0"),)
    end = closing(
        RunState.FAILED,
        fault="notebook",
        reason="ValueError: no",
        cell=3,
        outcome="failed",
        progress=Progress(3, 5),
        outputs=outputs,
    )
    assert sales.close(1, 1, end, LATER) is True
    run = sales.run(1)
    assert (run.state, run.verdict, run.fault) == (RunState.FAILED, "failed", "notebook")
    assert (run.reason, run.cell, run.progress) == ("ValueError: no", 3, Progress(3, 5))
    assert (run.outputs, run.ended_at) == (outputs, LATER)
    assert run.attempts == (Attempt(1, "local", "failed", NOW, LATER, "here"),)
    assert sales.running("here") == []


@pytest.mark.parametrize("fence", [0, 2])
def test_a_stale_fence_closes_nothing(sales: Store, fence: int) -> None:
    sales.add_run(RUN, NOW)
    assert sales.close(1, 0, closing(), NOW) is False  # only queued
    sales.claim(1, "local", NOW, "here")
    before, events = sales.run(1), sales.last_event()
    assert sales.close(1, fence, closing(), LATER) is False
    assert (sales.run(1), sales.last_event()) == (before, events)


def test_a_closed_run_stays_as_it_is(sales: Store) -> None:
    sales.add_run(RUN, NOW)
    sales.claim(1, "local", NOW, "here")
    assert sales.close(1, 1, closing(), LATER)
    before = sales.run(1)
    assert sales.close(1, 1, closing(RunState.FAILED), LATER + HOUR) is False
    assert sales.run(1) == before
    with pytest.raises(Conflict):
        sales.request_cancel(1, LATER)
    assert sales.claim(1, "local", LATER, "here") == []


def test_cancelling_a_queued_run_ends_it(sales: Store) -> None:
    sales.add_run(RUN, NOW)
    run = sales.request_cancel(1, LATER)
    assert (run.state, run.fault, run.ended_at) == (RunState.CANCELLED, "cancelled", LATER)
    assert (run.reason, run.cancel_requested) == ("Cancelled before it started.", True)
    assert sales.run(1) == run
    assert sales.claim(1, "local", LATER, "here") == []
    with pytest.raises(Conflict):
        sales.request_cancel(1, LATER)


def test_cancelling_a_running_run_marks_it(sales: Store) -> None:
    sales.add_run(RUN, NOW)
    sales.claim(1, "local", NOW, "here")
    for _ in range(2):
        run = sales.request_cancel(1, LATER)
        assert (run.state, run.cancel_requested, run.ended_at) == ("running", True, None)
    assert sales.running("here")[0].cancel_requested


def test_open_runs_are_queued_or_running(sales: Store) -> None:
    sales.deploy(new_version("other"), NOW)
    for name in ("sales", "other", "sales", "sales"):
        sales.add_run(NewRun(name, {}, None), NOW)
    sales.claim(1, "local", NOW, "here")
    sales.request_cancel(3, NOW)
    assert list(sales.backlog(["sales"]).open_runs["sales"].items()) == [
        (1, "running"),
        (4, "queued"),
    ]
    assert sales.backlog(["nobody"]).open_runs["nobody"] == {}


def test_each_transition_is_an_event_in_order(sales: Store) -> None:
    sales.add_run(RUN, NOW)
    sales.add_run(RUN, NOW)
    sales.claim(1, "local", LATER, "here")
    sales.request_cancel(2, LATER)
    sales.close(1, 1, closing(), LATER + HOUR)
    [due] = sales.due_schedules(NOW + HOUR, 1)
    sales.fire(
        [Planned(due, [Firing(NOW + HOUR, RunState.SKIPPED, "Said.")], NOW + 2 * HOUR)], NOW + HOUR
    )
    events = sales.events(0, 100)
    assert [event.id for event in events] == list(range(1, len(events) + 1))
    assert [(event.kind, event.run, event.state) for event in events] == [
        ("version.live", None, None),
        ("run.queued", 1, "queued"),
        ("run.queued", 2, "queued"),
        ("run.started", 1, "running"),
        ("run.cancelled", 2, "cancelled"),
        ("run.finished", 1, "succeeded"),
        ("run.skipped", 3, "skipped"),
    ]
    assert {event.deployment for event in events} == {"sales"}
    assert events[3].at == LATER
    assert sales.last_event() == 7
    assert [event.id for event in sales.events(3, 2)] == [4, 5]
    assert sales.events(7, 100) == []
    assert sales.events(-1, 100) == events


def test_no_events_yet(store: Store) -> None:
    assert (store.last_event(), store.events(0, 10)) == (0, [])


def test_activity_counts_what_is_open(sales: Store) -> None:
    assert sales.activity() == Activity(queued=0, running=0, schedules=1)
    for _ in range(3):
        sales.add_run(RUN, NOW)
    sales.claim(1, "local", NOW, "here")
    assert sales.activity() == Activity(queued=2, running=1, schedules=1)
    sales.close(1, 1, closing(), NOW)
    sales.delete("sales", NOW)
    assert sales.activity() == Activity(queued=0, running=0, schedules=0)
