"""Clocks that jump, nights that have an hour twice or not at all (S1, S3 to S10).

What is due is counted by an oracle of its own, which walks the minutes of a wall
clock and knows nothing of cron libraries.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta, timezone
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from jupyter_deploy.domain.runs import Run
from jupyter_deploy.domain.schedule import Schedule
from jupyter_deploy.engine.scheduler import Scheduler
from jupyter_deploy.ports.store import RunQuery, Store
from jupyter_deploy.store.database import open_database
from jupyter_deploy.store.sql import SqlStore
from jupyter_deploy.testing.fakes import ManualClock
from jupyter_deploy.testing.memory import MemoryStore
from jupyter_deploy.testing.samples import HOURLY, NOW, new_version
from jupyter_deploy.timetable import next_fires

UTC = timezone.utc
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
#: Of the walk; all clocks here change at full quarters of an hour.
STEP = timedelta(minutes=5)

#: Zone, year, and how its clocks change in it, in minutes.
YEARS = [
    ("Europe/Berlin", 2026, [60, -60]),
    ("America/New_York", 2026, [60, -60]),
    ("Australia/Lord_Howe", 2026, [-30, 30]),
    ("America/Sao_Paulo", 2018, [-60, 60]),  # at midnight
    ("Africa/Casablanca", 2026, [-60, 60]),  # for Ramadan
    ("Pacific/Apia", 2011, [-60, 60, 1440]),  # no 30 December
    ("Asia/Kathmandu", 1986, [15]),  # with the year's first minute
]


@dataclass(frozen=True)
class Change:
    """From `at` on the zone's clock shows another time; `middle` comes twice or not at all."""

    zone: str
    at: datetime
    minutes: int
    middle: time

    @property
    def cron(self) -> str:
        return f"{self.middle.minute} {self.middle.hour} * * *"


def wall(instant: datetime, zone: str) -> datetime:
    """What a clock on the wall shows."""
    return instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def changes(zone: str, year: int) -> Iterator[Change]:
    at = datetime(year, 1, 1, tzinfo=UTC) - DAY
    while at.year <= year:
        before, after = (wall(moment, zone) for moment in (at - STEP, at))
        if jump := after - before - STEP:
            first = min(after, before + STEP)
            middle = (first + abs(jump) / 2).replace(second=0)
            middle -= timedelta(minutes=middle.minute % 5)
            yield Change(zone, at, jump // MINUTE, middle.time())
        at += STEP


CHANGES = [change for zone, year, _ in YEARS for change in changes(zone, year)]
GAPS = [change for change in CHANGES if change.minutes > 0]
OVERLAPS = [change for change in CHANGES if change.minutes < 0]


def named(change: Change) -> str:
    return f"{change.zone}{change.minutes:+}"


def walk(
    zone: str, start: datetime, end: datetime, due: Callable[[datetime], bool]
) -> list[datetime]:
    """When a time of day is due: in the first pass; in a gap at the first instant after it."""
    found = []
    newest = wall(start, zone)
    at = start
    while (at := at + STEP) <= end:
        shown = wall(at, zone)
        skipped = newest + STEP
        fires = shown > newest and due(shown)
        while skipped < shown:
            fires = fires or due(skipped)
            skipped += STEP
        if fires:
            found.append(at)
        newest = max(newest, shown)
    return found


def walk_elapsed(
    zone: str, start: datetime, end: datetime, due: Callable[[datetime], bool]
) -> list[datetime]:
    """When every hour is due: whenever the clock shows it, in both passes."""
    steps = (start + STEP * number for number in range(1, (end - start) // STEP + 1))
    return [at for at in steps if due(wall(at, zone))]


class World:
    """A scheduler on a store; the engine may be started anew at any time."""

    def __init__(self, url: str | None, start: datetime, schedule: Schedule) -> None:
        self.url, self.clock = url, ManualClock(start)
        self.store: Store = MemoryStore()
        self.start_engine()
        self.deploy(schedule)

    def start_engine(self) -> None:
        if self.url:
            self.store.dispose()
            self.store = SqlStore(open_database(self.url))
        self.scheduler = Scheduler(self.store, self.clock)

    def deploy(self, schedule: Schedule) -> None:
        self.store.deploy(new_version(schedule=schedule), self.clock.now())

    def pause(self, paused: bool) -> None:
        self.store.set_paused("sales", paused, self.clock.now())

    def work(self) -> None:
        """What was queued is done with."""
        for number in self.store.backlog(["sales"]).open_runs["sales"]:
            self.store.request_cancel(number, self.clock.now())

    def wake(self) -> None:
        """As the engine's thread does after any sleep."""
        while self.scheduler.tick():
            pass

    def jump(self, **step: float) -> None:
        self.clock.move(**step)
        self.wake()

    def live_until(self, end: datetime) -> None:
        """Sleep to each due time as the engine's thread does, and do what is queued."""
        self.wake()
        while (wait := self.scheduler.seconds_to_next()) is not None:
            if self.clock.now() + timedelta(seconds=wait) > end:
                break
            self.jump(seconds=wait)
            self.work()
        self.clock.time = end

    @property
    def rows(self) -> list[Run]:
        return self.store.runs(RunQuery(limit=100_000))[::-1]

    @property
    def due_times(self) -> list[datetime]:
        return [run.due_at for run in self.rows if run.due_at]

    def states(self) -> dict[str, int]:
        found = [run.state.value for run in self.rows]
        return {state: found.count(state) for state in sorted(set(found))}


Begin = Callable[..., World]


@pytest.fixture(params=["memory", "sqlite"])
def begin(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Begin]:
    worlds: list[World] = []

    def make(start: datetime, schedule: Schedule) -> World:
        url = f"sqlite:///{tmp_path / f'{len(worlds)}.db'}" if request.param == "sqlite" else None
        worlds.append(World(url, start, schedule))
        return worlds[-1]

    yield make
    for world in worlds:
        world.store.dispose()


sqlite_only = pytest.mark.parametrize("begin", ["sqlite"], indirect=True)


@pytest.mark.parametrize(("zone", "year", "minutes"), YEARS)
def test_the_zones_change_their_clocks_as_told(zone: str, year: int, minutes: list[int]) -> None:
    assert [change.minutes for change in changes(zone, year)] == minutes


# S8: daylight-saving time


@pytest.mark.parametrize("change", GAPS, ids=named)
def test_a_time_in_the_gap_is_due_once_at_the_first_instant_after(
    begin: Begin, change: Change
) -> None:
    start, end = change.at - 2 * DAY, change.at + 2 * DAY
    world = begin(start, Schedule(change.cron, change.zone))
    world.live_until(end)
    expected = walk(change.zone, start, end, lambda shown: shown.time() == change.middle)
    assert world.due_times == expected
    assert expected.count(change.at) == 1
    assert not [due for due in expected if change.at < due < change.at + 10 * HOUR]


@pytest.mark.parametrize("change", OVERLAPS, ids=named)
def test_a_time_in_the_overlap_is_due_once_in_the_first_pass(begin: Begin, change: Change) -> None:
    start, end = change.at - 2 * DAY, change.at + 2 * DAY
    world = begin(start, Schedule(change.cron, change.zone))
    world.live_until(end)
    expected = walk(change.zone, start, end, lambda shown: shown.time() == change.middle)
    assert world.due_times == expected
    [first] = [due for due in expected if abs(due - change.at) < 10 * HOUR]
    assert first < change.at


@pytest.mark.parametrize("minute", ["30", "*/20"])
@pytest.mark.parametrize("change", CHANGES, ids=named)
def test_wildcard_hours_follow_elapsed_time(begin: Begin, change: Change, minute: str) -> None:
    start, end = change.at - 4 * HOUR, change.at + 4 * HOUR
    world = begin(start, Schedule(f"{minute} * * * *", change.zone))
    world.live_until(end)
    minutes = (30,) if minute == "30" else (0, 20, 40)
    due = walk_elapsed(change.zone, start, end, lambda shown: shown.minute in minutes)
    assert world.due_times == due
    if change.minutes % 60 == 0:
        assert {b - a for a, b in itertools.pairwise(due)} == {HOUR / len(minutes)}


@cache
def year_of(change: Change) -> tuple[datetime, datetime, list[datetime]]:
    """A year around the change, and when the time of day that it touches is due in it."""
    start = change.at - 180 * DAY
    end = start + 365 * DAY
    return start, end, walk(change.zone, start, end, lambda shown: shown.time() == change.middle)


@sqlite_only
@pytest.mark.parametrize("change", GAPS, ids=named)
def test_a_year_has_one_row_for_each_due_time_as_it_was_foretold(
    begin: Begin, change: Change
) -> None:
    """S1, S3, S9; the engine is started anew every fifty days."""
    start, end, expected = year_of(change)
    world = begin(start, Schedule(change.cron, change.zone))
    fires = next_fires(change.cron, change.zone, start, 1000, until=end)
    # Times of two zones are never equal in an hour that comes twice.
    preview = [due.astimezone(UTC) for due in fires]
    for number, due in enumerate(preview):
        assert world.store.next_due() == due
        world.live_until(due)
        if number % 50 == 0:
            world.start_engine()
    world.live_until(end)
    assert world.due_times == preview == expected
    assert all(run.created_at == run.due_at for run in world.rows)
    assert all(run.why and change.zone in run.why for run in world.rows)


# S10: clocks that are set


@pytest.mark.parametrize("back", [HOUR, DAY], ids=["an hour", "a day"])
def test_a_clock_set_back_fires_no_due_time_twice(begin: Begin, back: timedelta) -> None:
    world = begin(NOW, HOURLY)
    world.live_until(NOW + 6 * HOUR)
    before = world.due_times
    world.jump(seconds=-back.total_seconds())
    world.start_engine()
    world.live_until(NOW + 6 * HOUR)
    assert world.due_times == before
    world.live_until(NOW + 9 * HOUR)
    assert world.due_times == [NOW + number * HOUR for number in range(1, 10)]


@pytest.mark.parametrize("how", ["pause", "edit"])
def test_nothing_is_due_twice_when_the_relived_time_is_used(begin: Begin, how: str) -> None:
    """Pausing and editing begin at the clock's now, which has been before."""
    world = begin(NOW, HOURLY)
    world.live_until(NOW + 6 * HOUR)
    world.jump(hours=-4)
    if how == "pause":
        world.pause(True)
        world.pause(False)
    else:
        world.deploy(Schedule("0,30 * * * *", "UTC"))
        world.deploy(HOURLY)
    world.live_until(NOW + 8 * HOUR)
    assert world.due_times == [NOW + number * HOUR for number in range(1, 9)]


@pytest.mark.parametrize("ahead", [1, 24])
@pytest.mark.parametrize("catch_up", ["none", "latest", "all"])
def test_a_clock_set_ahead_is_caught_up_with(begin: Begin, ahead: int, catch_up: str) -> None:
    """S4, whatever it was that let the time pass."""
    world = begin(NOW, Schedule("0 * * * *", "UTC", catch_up, "queue_all"))
    world.live_until(NOW + 2 * HOUR)
    world.jump(hours=ahead, minutes=30)
    runs = {"none": 0, "latest": 1, "all": ahead}[catch_up]
    expected = {"cancelled": 2, "missed": ahead - runs, "queued": runs}
    assert world.states() == {state: count for state, count in expected.items() if count}
    assert world.due_times == [NOW + number * HOUR for number in range(1, ahead + 3)]


@pytest.mark.parametrize("catch_up", ["none", "latest", "all"])
def test_a_laptop_that_slept_three_days(begin: Begin, catch_up: str) -> None:
    """S4: more than a thousand due times become a row for each thousand."""
    world = begin(NOW, Schedule("* * * * *", "UTC", catch_up, "queue_all"))
    slept = 3 * DAY // MINUTE
    world.jump(days=3)
    spans = [span(run) for run in world.rows]
    assert sum(spans) == slept
    assert len(spans) < 1500
    assert all(count <= 1000 for count in spans)
    newest = NOW + 3 * DAY
    caught_up = {"none": 1, "latest": 1, "all": 100}[catch_up]
    queued = [run.due_at for run in world.rows if run.state == "queued"]
    assert queued == [newest - number * MINUTE for number in range(caught_up)][::-1]
    world.work()
    world.jump(minutes=1)
    assert world.rows[-1].due_at == newest + MINUTE
    assert world.rows[-1].state == "queued"


def span(run: Run) -> int:
    """How many due times a row stands for."""
    found = re.search(r"for (\d+) due times", run.why or "")
    return int(found[1]) if found else 1


# S5, S6: edits and pauses on such days


@pytest.mark.parametrize("change", CHANGES, ids=named)
def test_a_pause_over_the_change(begin: Begin, change: Change) -> None:
    start = change.at - 2 * DAY
    world = begin(start, Schedule(change.cron, change.zone))
    world.live_until(change.at - 12 * HOUR)
    world.pause(True)
    world.live_until(change.at + 12 * HOUR + MINUTE)
    world.pause(False)
    world.live_until(change.at + 3 * DAY)
    daily = walk(change.zone, start, world.clock.now(), lambda at: at.time() == change.middle)
    paused = change.at - 12 * HOUR, change.at + 12 * HOUR + MINUTE
    assert world.due_times == [due for due in daily if not paused[0] < due <= paused[1]]


@pytest.mark.parametrize("change", OVERLAPS, ids=named)
def test_a_pause_that_ends_in_the_second_pass(begin: Begin, change: Change) -> None:
    """The first pass lay in the pause, the second is none of the due times."""
    world = begin(change.at - 6 * HOUR, Schedule(change.cron, change.zone))
    world.pause(True)
    world.live_until(change.at)
    world.pause(False)
    world.live_until(change.at + 8 * HOUR)
    assert world.due_times == []


@pytest.mark.parametrize("change", GAPS, ids=named)
@pytest.mark.parametrize(("seconds", "fires"), [(-1, True), (0, False), (1, False)])
def test_an_edit_at_the_gap(begin: Begin, change: Change, seconds: int, fires: bool) -> None:
    """What is put into the gap counts only when it was put there before."""
    world = begin(change.at - 6 * HOUR, Schedule("0 0 1 1 *", "Etc/GMT+12"))
    world.live_until(change.at + timedelta(seconds=seconds))
    edited = world.clock.now()
    world.deploy(Schedule(change.cron, change.zone))
    world.live_until(change.at + 8 * HOUR)
    assert world.due_times == ([change.at] if fires else [])
    assert all(due > edited for due in world.due_times)
