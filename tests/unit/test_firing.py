"""From due times to rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_deploy.domain.firing import GRACE, MAX_AGE, MAX_CAUGHT_UP, Firing, plan
from jupyter_deploy.domain.runs import RunState
from jupyter_deploy.domain.schedule import CATCH_UP, OVERLAP, Schedule
from jupyter_deploy.testing.samples import NOW

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
TIMES = [NOW - 2 * HOUR, NOW - HOUR, NOW]
QUEUED, RUNNING = RunState.QUEUED, RunState.RUNNING


def rows(
    catch_up: str = "latest",
    overlap: str = "skip",
    late: timedelta = timedelta(0),
    more: bool = False,
    open_runs: Mapping[int, RunState] = {},
    room: int = 100,
) -> list[Firing]:
    schedule = Schedule("0 * * * *", "UTC", catch_up, overlap)
    return plan(schedule, TIMES, NOW + late, more=more, open_runs=open_runs, room=room)


def states(found: list[Firing]) -> list[str]:
    return [row.state.value for row in found]


def test_the_newest_runs_and_the_others_were_missed() -> None:
    found = rows(late=5 * HOUR)
    assert [row.due_at for row in found] == TIMES
    assert states(found) == ["missed", "missed", "queued"]
    assert found[0].reason == "Missed: nothing was running here at 04:00 UTC."
    assert found[2].reason is None
    assert found[2].why == "Made up for: it was due at 06:00 UTC, when nothing was running here."


def test_why_names_the_time_on_the_schedules_own_clock() -> None:
    """The times come as they are; that the schedule's zone is Berlin's decides."""
    schedule = Schedule("0 * * * *", "Europe/Berlin")
    day = [NOW - 7 * HOUR, NOW - HOUR, NOW]

    def why(at: datetime) -> list[str]:
        found = plan(schedule, day, at, more=False, open_runs={}, room=9)
        return [row.why for row in found]

    assert why(NOW + GRACE) == [
        "Missed: nothing was running here at 00:00 Europe/Berlin.",
        "Missed: nothing was running here at 06:00 Europe/Berlin.",
        "Due at 07:00 Europe/Berlin by its schedule.",
    ]
    assert why(NOW + 17 * HOUR) == [
        "Missed: nothing was running here on 2026-03-03 at 00:00 Europe/Berlin.",
        "Missed: nothing was running here on 2026-03-03 at 06:00 Europe/Berlin.",
        "Made up for: it was due on 2026-03-03 at 07:00 Europe/Berlin, "
        "when nothing was running here.",
    ]


def test_the_two_passes_of_an_hour_are_two_times() -> None:
    """Within one zone Python takes them for equal, and a minute across them for an hour."""
    berlin = ZoneInfo("Europe/Berlin")
    first, second = (datetime(2026, 10, 25, 2, 59, fold=fold, tzinfo=berlin) for fold in (0, 1))
    schedule = Schedule("59 * * * *", "Europe/Berlin", jitter=3600)
    found = plan(schedule, [first, second], NOW.replace(month=11), more=False, open_runs={}, room=9)
    assert states(found) == ["missed", "queued"]
    assert found[0].why == (
        "Missed: nothing was running here on 2026-10-25 at 02:59 CEST Europe/Berlin."
    )
    at = first.astimezone(timezone.utc)
    [row] = plan(schedule, [first], at, more=False, open_runs={}, room=9)
    assert row.not_before is not None
    assert timedelta(0) < row.not_before - at < HOUR


def test_all_are_caught_up() -> None:
    assert states(rows("all", late=5 * HOUR)) == ["queued"] * 3


def test_all_are_those_of_one_day() -> None:
    assert states(rows("all", late=MAX_AGE - HOUR)) == ["missed", "queued", "queued"]
    later = MAX_AGE - HOUR + timedelta(microseconds=1)
    assert states(rows("all", late=later)) == ["missed", "missed", "queued"]


def test_all_are_a_hundred_at_most() -> None:
    times = [NOW - number * MINUTE for number in range(150)][::-1]
    schedule = Schedule("* * * * *", "UTC", "all", "queue_all")
    found = plan(schedule, times, NOW, more=False, open_runs={}, room=10_000)
    assert [row.due_at for row in found] == times
    assert states(found) == ["missed"] * 50 + ["queued"] * 100


def test_none_is_caught_up_but_a_little_late_is_in_time() -> None:
    assert states(rows("none")) == ["missed", "missed", "queued"]
    assert states(rows("none", late=GRACE)) == ["missed", "missed", "queued"]
    late = rows("none", late=GRACE + timedelta(microseconds=1))
    assert states(late) == ["missed"] * 3


@pytest.mark.parametrize("catch_up", ["none", "latest"])
def test_a_batch_that_others_follow_is_one_row(catch_up: str) -> None:
    [row] = rows(catch_up, more=True)
    assert (row.due_at, row.state, row.not_before) == (TIMES[-1], "missed", None)
    assert row.reason == (
        "Missed: nothing was running here for 3 due times, "
        "from 2026-03-03 04:00 to 2026-03-03 06:00 UTC."
    )


def test_what_may_be_caught_up_is_left_to_the_next_batch() -> None:
    times = [NOW - number * MINUTE for number in range(1000)][::-1]
    schedule = Schedule("* * * * *", "UTC", "all")
    [row] = plan(schedule, times, NOW, more=True, open_runs={}, room=100)
    assert row.due_at == times[-1 - MAX_CAUGHT_UP]
    assert "for 900 due times" in str(row.reason)


def test_an_open_run_is_named() -> None:
    found = rows(open_runs={7: RUNNING})
    assert states(found) == ["missed", "missed", "skipped"]
    assert found[2].reason == "Skipped: run 7 was still open."
    assert states(rows("all", open_runs={7: QUEUED})) == ["skipped"] * 3


@pytest.mark.parametrize("overlap", ["queue_all", "cancel_previous", "allow"])
def test_open_runs_do_not_hinder(overlap: str) -> None:
    found = rows(overlap=overlap, open_runs={6: RUNNING, 7: QUEUED})
    assert states(found) == ["missed", "missed", "queued"]
    assert states(rows("all", overlap, open_runs={7: QUEUED})) == ["queued"] * 3


def test_one_may_wait() -> None:
    assert states(rows(overlap="queue_one", open_runs={6: RUNNING}))[-1] == "queued"
    found = rows(overlap="queue_one", open_runs={6: RUNNING, 7: QUEUED})[-1]
    assert (found.state, found.reason) == ("skipped", "Skipped: run 7 was waiting already.")


def test_of_a_batch_one_may_wait_too() -> None:
    found = rows("all", "queue_one")
    assert states(found) == ["queued", "skipped", "skipped"]
    assert found[2].reason == "Skipped: the run of the due time before was waiting already."


@pytest.mark.parametrize("overlap", OVERLAP)
def test_a_full_queue_takes_no_more(overlap: str) -> None:
    rejected = rows(overlap=overlap, room=0)[-1]
    assert rejected.state is RunState.SKIPPED
    assert rejected.reason == "Rejected: as many runs were waiting already as may."


def test_room_is_used_up_within_a_batch() -> None:
    assert states(rows("all", "allow", room=2)) == ["queued", "queued", "skipped"]


def test_no_due_times_no_rows() -> None:
    for more in (False, True):
        schedule = Schedule("0 * * * *", "UTC")
        assert plan(schedule, [], NOW, more=more, open_runs={}, room=100) == []


def test_without_jitter_a_run_starts_at_once() -> None:
    assert [row.not_before for row in rows("all")] == [None] * 3


@given(
    st.sampled_from(["* * * * *", "0 6 * * *"]),
    st.floats(0.001, 3600),
    st.datetimes(timezones=st.just(timezone.utc)).filter(lambda due: 1971 < due.year < 9000),
    st.integers(-14, 14),
)
def test_jitter_is_a_pure_function_within_its_bound(
    cron: str, jitter: float, due: timedelta, offset: int
) -> None:
    def start(due):
        schedule = Schedule(cron, "UTC", jitter=jitter)
        [row] = plan(schedule, [due], due, more=False, open_runs={}, room=1)
        return row.not_before

    assert due <= start(due) <= due + timedelta(seconds=jitter)
    elsewhere = due.astimezone(timezone(timedelta(hours=offset)))
    assert start(due) == start(elsewhere)  # an instant, however it is written


def test_jitter_spreads_due_times_and_schedules() -> None:
    schedule = Schedule("* * * * *", "UTC", "all", jitter=60)
    times = [NOW - number * MINUTE for number in range(100)][::-1]
    shares = set()
    for other in (schedule, replace(schedule, timezone="Europe/Berlin")):
        found = plan(other, times, NOW, more=False, open_runs={}, room=100)
        shares |= {row.not_before - row.due_at for row in found}
    assert len(shares) > 190
    assert max(shares) - min(shares) > timedelta(seconds=50)


@given(
    st.sampled_from(CATCH_UP),
    st.sampled_from(OVERLAP),
    st.lists(st.integers(0, 10**6), unique=True, max_size=20),
    st.dictionaries(st.integers(1, 9), st.sampled_from([QUEUED, RUNNING]), max_size=3),
    st.integers(0, 20),
)
def test_one_row_per_due_time_and_a_reason_for_all_that_do_not_run(
    catch_up: str, overlap: str, ages: list[int], open_runs: dict[int, RunState], room: int
) -> None:
    times = sorted(NOW - timedelta(seconds=age) for age in ages)
    schedule = Schedule("* * * * *", "UTC", catch_up, overlap)
    found = plan(schedule, times, NOW, more=False, open_runs=open_runs, room=room)
    assert [row.due_at for row in found] == times
    for row in found:
        assert (row.reason is None) == (row.state is RunState.QUEUED)
        assert row.why.endswith(".")
        assert row.reason in (None, row.why)
    queued = sum(row.state is RunState.QUEUED for row in found)
    assert queued <= (len(times) if catch_up == "all" else 1)
    assert queued <= room
