"""Runs, attempts, schedules that fire, events."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from jupyter_deploy.domain.deployments import Activity
from jupyter_deploy.domain.firing import Firing, Planned
from jupyter_deploy.domain.policies import Limits, Policies
from jupyter_deploy.domain.runs import Attempt, OutputFile, Progress, RunState
from jupyter_deploy.domain.schedule import Schedule
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


def test_schedules_are_due_oldest_first(store: Store) -> None:
    for number, name in enumerate(("c", "a", "b")):
        store.deploy(new_version(name, schedule=HOURLY), NOW - number * HOUR)
    store.deploy(new_version("none"), NOW)
    assert store.next_due() == NOW - HOUR
    assert [item.deployment for item in store.due_schedules(NOW + HOUR, 9)] == ["b", "a", "c"]
    assert [item.deployment for item in store.due_schedules(NOW + HOUR, 2)] == ["b", "a"]
    assert [item.deployment for item in store.due_schedules(NOW, 9)] == ["b", "a"]
    just_before = NOW - HOUR - timedelta(microseconds=1)
    assert store.due_schedules(just_before, 9) == []


def firings(*states: RunState, start: datetime = NOW + HOUR) -> list[Firing]:
    return [
        Firing(start + number * HOUR, state, f"Said {number}.")
        for number, state in enumerate(states)
    ]


def test_firing_inserts_the_rows_and_moves_the_cursor(sales: Store) -> None:
    [due] = sales.due_schedules(NOW + 3 * HOUR, 1)
    rows = firings(RunState.MISSED, RunState.SKIPPED, RunState.QUEUED)
    now = NOW + 3 * HOUR + timedelta(seconds=1)
    assert sales.fire([Planned(due, rows, NOW + 4 * HOUR)], now) == 1
    missed, skipped, queued = (sales.run(number) for number in (1, 2, 3))
    assert [run.state for run in (missed, skipped, queued)] == ["missed", "skipped", "queued"]
    assert [run.due_at for run in (missed, skipped, queued)] == [row.due_at for row in rows]
    assert (missed.reason, missed.ended_at) == ("Said 0.", now)
    assert (queued.reason, queued.ended_at, queued.trigger) == (None, None, "schedule")
    assert [run.why for run in (missed, skipped, queued)] == ["Said 0.", "Said 1.", "Said 2."]
    assert (queued.parameters, queued.version, queued.created_by) == ({"n": 1}, 1, None)
    assert sales.next_due() == NOW + 4 * HOUR
    assert sales.due_schedules(now, 1) == []
    [after] = sales.due_schedules(NOW + 4 * HOUR, 1)
    assert after.cursor == NOW + 3 * HOUR


def test_a_due_time_that_has_a_row_keeps_it(sales: Store) -> None:
    """The clock was set back, and the schedule begins where it has been."""
    [due] = sales.due_schedules(NOW + 3 * HOUR, 1)
    rows = firings(RunState.MISSED, RunState.QUEUED)
    assert sales.fire([Planned(due, rows, NOW + 3 * HOUR)], NOW + 2 * HOUR)
    before = sales.runs(RunQuery())
    sales.set_paused("sales", True, NOW)
    sales.set_paused("sales", False, NOW)
    [again] = sales.due_schedules(NOW + 3 * HOUR, 1)
    assert again.cursor == NOW
    assert sales.fire(
        [Planned(again, firings(*[RunState.QUEUED] * 3), NOW + 4 * HOUR)], NOW + 3 * HOUR
    )
    third, *others = sales.runs(RunQuery())
    assert others == before
    assert third.due_at == NOW + 3 * HOUR
    [after] = sales.due_schedules(NOW + 4 * HOUR, 1)
    assert after.cursor == NOW + 3 * HOUR


def test_a_due_time_of_the_past_cancels_nothing_when_it_has_its_row(store: Store) -> None:
    every = Schedule("0 * * * *", "UTC", overlap="cancel_previous")
    store.deploy(new_version(schedule=every), NOW)
    for _ in range(2):
        [due] = store.due_schedules(NOW + HOUR, 1)
        assert store.fire([Planned(due, firings(RunState.QUEUED), NOW + 2 * HOUR)], NOW + HOUR)
        store.set_paused("sales", True, NOW)
        store.set_paused("sales", False, NOW)
    assert list(store.backlog(["sales"]).open_runs["sales"].values()) == ["queued"]


def test_many_schedules_fire_at_once(store: Store) -> None:
    policies = Policies(priority=3, timeout=Limits(queue=60))
    for number in range(3):
        rules = policies if number == 1 else Policies()
        new = new_version(f"sales{number}", schedule=HOURLY, parameters={"n": number})
        store.deploy(replace(new, policies=rules), NOW)
    due = store.due_schedules(NOW + HOUR, 9)
    plans = [Planned(item, firings(RunState.QUEUED), NOW + 2 * HOUR) for item in due]
    assert store.fire(plans[:1], NOW + HOUR) == 1
    assert store.fire(plans, NOW + HOUR) == 2  # the first has moved
    assert [run.deployment for run in store.runs(RunQuery())][::-1] == [
        "sales0",
        "sales1",
        "sales2",
    ]
    assert [store.run(number).parameters for number in (1, 2, 3)] == [{"n": n} for n in range(3)]
    assert [event.run for event in store.events(3, 9)] == [1, 2, 3]
    assert store.next_due() == NOW + 2 * HOUR
    assert [claim.run.id for claim in store.claim(1, "local", NOW + HOUR, "here")] == [2]
    assert store.expire(NOW + HOUR + timedelta(seconds=60)) == 0  # it has begun
    assert store.fire([], NOW) == 0


def test_a_moved_cursor_fires_nothing(sales: Store) -> None:
    [due] = sales.due_schedules(NOW + HOUR, 1)
    assert sales.fire([Planned(due, firings(RunState.QUEUED), NOW + 2 * HOUR)], NOW + HOUR)
    events = sales.last_event()
    assert sales.fire([Planned(due, firings(RunState.QUEUED), NOW + 2 * HOUR)], NOW + HOUR) == 0
    assert (ids(sales), sales.last_event()) == ([1], events)
    assert sales.next_due() == NOW + 2 * HOUR


@pytest.mark.parametrize("change", ["paused", "deleted", "edited", "taken away"])
def test_a_schedule_that_is_out_of_force_fires_nothing(sales: Store, change: str) -> None:
    [due] = sales.due_schedules(NOW + HOUR, 1)
    if change == "paused":
        sales.set_paused("sales", True, LATER)
    elif change == "deleted":
        sales.delete("sales", LATER)
    elif change == "edited":
        sales.deploy(new_version(schedule=Schedule("5 * * * *", "UTC")), LATER)
    else:
        sales.deploy(new_version(), LATER)
    assert sales.fire([Planned(due, firings(RunState.QUEUED), NOW + 2 * HOUR)], NOW + HOUR) == 0
    assert ids(sales) == []


def test_firing_without_rows_moves_only_the_next_due_time(sales: Store) -> None:
    [due] = sales.due_schedules(NOW + HOUR, 1)
    assert sales.fire([Planned(due, [], NOW + 5 * HOUR)], NOW + HOUR) == 1
    assert (ids(sales), sales.next_due()) == ([], NOW + 5 * HOUR)
    [again] = sales.due_schedules(NOW + 5 * HOUR, 1)
    assert again.cursor == NOW


def test_a_schedule_without_a_next_due_time_is_over(sales: Store) -> None:
    [due] = sales.due_schedules(NOW + HOUR, 1)
    assert sales.fire([Planned(due, firings(RunState.QUEUED), None)], NOW + HOUR)
    assert sales.next_due() is None
    assert sales.due_schedules(NOW + 1000 * HOUR, 1) == []
    assert sales.activity().schedules == 0


def test_due_times_of_any_zone_are_the_same_moment(sales: Store) -> None:
    berlin = ZoneInfo("Europe/Berlin")
    [due] = sales.due_schedules((NOW + HOUR).astimezone(berlin), 1)
    rows = firings(RunState.QUEUED, start=(NOW + HOUR).astimezone(berlin))
    assert sales.fire([Planned(due, rows, (NOW + 2 * HOUR).astimezone(berlin))], NOW + HOUR)
    assert sales.run(1).due_at == NOW + HOUR
    assert str(sales.run(1).due_at).endswith("+00:00")
    assert sales.next_due() == NOW + 2 * HOUR


def test_each_transition_is_an_event_in_order(sales: Store) -> None:
    sales.add_run(RUN, NOW)
    sales.add_run(RUN, NOW)
    sales.claim(1, "local", LATER, "here")
    sales.request_cancel(2, LATER)
    sales.close(1, 1, closing(), LATER + HOUR)
    [due] = sales.due_schedules(NOW + HOUR, 1)
    sales.fire([Planned(due, firings(RunState.SKIPPED), NOW + 2 * HOUR)], NOW + HOUR)
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
