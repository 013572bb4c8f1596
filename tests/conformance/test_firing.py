"""Schedules that fire: rows and cursor move together."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from jupyter_deploy.domain.firing import Firing, Planned
from jupyter_deploy.domain.policies import Limits, Policies
from jupyter_deploy.domain.runs import RunState
from jupyter_deploy.domain.schedule import Schedule
from jupyter_deploy.ports.store import RunQuery, Store
from jupyter_deploy.testing.samples import HOURLY, NOW, new_version

HOUR = timedelta(hours=1)
LATER = NOW + timedelta(minutes=10)


@pytest.fixture
def sales(store: Store) -> Store:
    store.deploy(new_version(schedule=HOURLY, parameters={"n": 1}), NOW)
    return store


def ids(store: Store) -> list[int]:
    return [run.id for run in store.runs(RunQuery())]


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
