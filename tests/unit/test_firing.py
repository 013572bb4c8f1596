"""From due times to rows."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from jupyter_deploy.domain.firing import GRACE, Firing, plan
from jupyter_deploy.domain.runs import RunState
from jupyter_deploy.domain.schedule import CATCH_UP, OVERLAP, Schedule
from jupyter_deploy.testing.samples import NOW

HOUR = timedelta(hours=1)
TIMES = [NOW - 2 * HOUR, NOW - HOUR, NOW]


def rows(
    catch_up: str = "latest",
    overlap: str = "skip",
    late: timedelta = timedelta(0),
    more: bool = False,
    blocked_by: int | None = None,
) -> list[Firing]:
    schedule = Schedule("0 * * * *", "UTC", catch_up, overlap)
    return plan(schedule, TIMES, NOW + late, more=more, blocked_by=blocked_by)


def states(found: list[Firing]) -> list[str]:
    return [row.state.value for row in found]


def test_the_newest_runs_and_the_others_were_missed() -> None:
    found = rows(late=5 * HOUR)
    assert [row.due_at for row in found] == TIMES
    assert states(found) == ["missed", "missed", "queued"]
    assert found[0].reason == "Missed: nothing was running here at 04:00."
    assert found[2].reason is None


def test_all_are_caught_up() -> None:
    assert states(rows("all", late=5 * HOUR)) == ["queued"] * 3


def test_none_is_caught_up_but_a_little_late_is_in_time() -> None:
    assert states(rows("none")) == ["missed", "missed", "queued"]
    assert states(rows("none", late=GRACE)) == ["missed", "missed", "queued"]
    late = rows("none", late=GRACE + timedelta(microseconds=1))
    assert states(late) == ["missed"] * 3


def test_of_an_earlier_batch_nothing_is_the_newest() -> None:
    assert states(rows(more=True)) == ["missed"] * 3
    assert states(rows("none", more=True)) == ["missed"] * 3
    assert states(rows("all", more=True)) == ["queued"] * 3


def test_an_open_run_is_named() -> None:
    found = rows(blocked_by=7)
    assert states(found) == ["missed", "missed", "skipped"]
    assert found[2].reason == "Skipped: run 7 was still open."
    assert states(rows("all", blocked_by=7)) == ["skipped"] * 3


def test_overlap_may_be_allowed() -> None:
    assert states(rows(overlap="allow", blocked_by=7)) == ["missed", "missed", "queued"]


def test_no_due_times_no_rows() -> None:
    assert plan(Schedule("0 * * * *", "UTC"), [], NOW, more=False, blocked_by=None) == []


@given(
    st.sampled_from(CATCH_UP),
    st.sampled_from(OVERLAP),
    st.lists(st.integers(0, 10**6), unique=True, max_size=20),
    st.booleans(),
    st.none() | st.integers(1, 9),
)
def test_one_row_per_due_time_and_a_reason_for_all_that_do_not_run(
    catch_up: str, overlap: str, ages: list[int], more: bool, blocked_by: int | None
) -> None:
    times = sorted(NOW - timedelta(seconds=age) for age in ages)
    schedule = Schedule("* * * * *", "UTC", catch_up, overlap)
    found = plan(schedule, times, NOW, more=more, blocked_by=blocked_by)
    assert [row.due_at for row in found] == times
    for row in found:
        assert (row.reason is None) == (row.state is RunState.QUEUED)
        assert row.reason is None or row.reason.endswith(".")
    queued = sum(row.state is RunState.QUEUED for row in found)
    assert queued <= (len(times) if catch_up == "all" else 1)
