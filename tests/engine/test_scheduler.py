"""From due times to rows, whatever the clock does."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_deploy.domain import backlog
from jupyter_deploy.domain.firing import Planned
from jupyter_deploy.domain.runs import Run, RunState
from jupyter_deploy.domain.schedule import Schedule
from jupyter_deploy.engine import scheduler as module
from jupyter_deploy.engine.scheduler import Scheduler
from jupyter_deploy.errors import DeployError
from jupyter_deploy.ports.store import RunQuery
from jupyter_deploy.testing.fakes import ManualClock
from jupyter_deploy.testing.memory import MemoryStore
from jupyter_deploy.testing.samples import HOURLY, NOW, closing, new_version
from jupyter_deploy.timetable import next_fires

EVERY_MINUTE = "* * * * *"


class Engine:
    """A scheduler, and runs that end as soon as they are started."""

    def __init__(self, schedule: Schedule = HOURLY) -> None:
        self.store, self.clock = MemoryStore(), ManualClock()
        self.scheduler = Scheduler(self.store, self.clock)
        self.store.deploy(new_version(schedule=schedule), NOW)

    def tick(self, **step: float) -> bool:
        self.clock.move(**step)
        return self.scheduler.tick()

    def work(self) -> None:
        for claim in self.store.claim(1000, "fake", self.clock.now(), "here"):
            self.store.close(claim.run.id, claim.fence, closing(), self.clock.now())

    def runs(self) -> list[Run]:
        return self.store.runs(RunQuery(limit=10_000))[::-1]

    def states(self) -> list[str]:
        return [run.state.value for run in self.runs()]


@pytest.fixture
def engine() -> Engine:
    return Engine()


def test_nothing_is_scheduled() -> None:
    scheduler = Scheduler(MemoryStore(), ManualClock())
    assert scheduler.tick() is False
    assert scheduler.seconds_to_next() is None


def test_not_before_its_time_and_once(engine: Engine) -> None:
    assert engine.tick(minutes=59, seconds=59.9) is False
    assert engine.scheduler.seconds_to_next() == pytest.approx(0.1)
    assert engine.tick(seconds=0.1) is True
    assert engine.tick(seconds=1) is False
    [run] = engine.runs()
    assert (run.state, run.due_at) == ("queued", NOW + timedelta(hours=1))
    assert run.why == "Due at 07:00 UTC by its schedule."
    assert engine.scheduler.seconds_to_next() == 3599


def test_a_due_time_that_waits_is_due_now(engine: Engine) -> None:
    engine.clock.move(hours=5)
    assert engine.scheduler.seconds_to_next() == 0


@pytest.mark.parametrize(
    ("catch_up", "states"),
    [
        ("latest", ["missed", "missed", "queued"]),
        ("none", ["missed", "missed", "missed"]),
        ("all", ["queued", "queued", "queued"]),
    ],
)
def test_after_a_sleep(catch_up: str, states: list[str]) -> None:
    engine = Engine(Schedule("0 * * * *", "UTC", catch_up))
    engine.tick(hours=3, minutes=30)
    assert engine.states() == states
    assert all(run.reason for run in engine.runs() if run.state is RunState.MISSED)
    assert engine.store.next_due() == NOW + timedelta(hours=4)


def test_a_little_late_is_not_missed() -> None:
    engine = Engine(Schedule("0 * * * *", "UTC", "none"))
    engine.tick(hours=1, seconds=50)
    assert engine.states() == ["queued"]


def test_a_run_that_is_open_is_not_overtaken(engine: Engine) -> None:
    engine.tick(hours=1)
    engine.tick(hours=1)
    skipped = engine.runs()[1]
    assert (skipped.state, skipped.ended_at) == ("skipped", engine.clock.now())
    assert "run 1" in str(skipped.reason)
    engine.work()
    engine.tick(hours=1)
    assert engine.states() == ["succeeded", "skipped", "queued"]


def test_overlap_can_be_allowed() -> None:
    engine = Engine(Schedule("0 * * * *", "UTC", overlap="allow"))
    for _ in range(3):
        engine.tick(hours=1)
    assert engine.states() == ["queued", "queued", "queued"]


def test_a_clock_that_is_set_back_fires_nothing_twice(engine: Engine) -> None:
    engine.tick(hours=2)
    before = engine.states()
    engine.tick(hours=-2)
    assert engine.scheduler.seconds_to_next() == 3 * 3600
    for _ in range(8):
        engine.tick(minutes=15)
    assert engine.states() == before
    engine.tick(hours=1)
    assert len(engine.states()) == len(before) + 1


def test_a_long_absence_is_worked_off_in_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BATCH", 10)
    engine = Engine(Schedule(EVERY_MINUTE, "UTC"))
    engine.clock.move(minutes=25)
    ticks = 0
    while engine.scheduler.tick():
        ticks += 1
    assert ticks == 3
    assert engine.states() == ["missed"] * 6 + ["queued"]
    minutes = [(run.due_at - NOW) // timedelta(minutes=1) for run in engine.runs()]
    assert minutes == [10, 20, 21, 22, 23, 24, 25]
    first, second, *others = [run.reason for run in engine.runs()]
    assert first == (
        "Missed: nothing was running here for 10 due times, "
        "from 2026-03-03 06:01 to 2026-03-03 06:10 UTC."
    )
    assert second is not None
    assert "for 10 due times, from 2026-03-03 06:11 to 2026-03-03 06:20 UTC." in second
    assert all("due times" not in str(reason) for reason in others)


def test_after_a_long_absence_the_newest_hundred_are_caught_up() -> None:
    engine = Engine(Schedule(EVERY_MINUTE, "UTC", "all", "queue_all"))
    engine.clock.move(minutes=module.BATCH + 1)
    while engine.scheduler.tick():
        pass
    assert engine.states() == ["missed"] * 2 + ["queued"] * 100
    assert "for 900 due times" in str(engine.runs()[0].reason)
    engine.tick(minutes=1)
    rejected = engine.runs()[-1]
    assert rejected.state == "skipped"
    assert rejected.reason == "Rejected: as many runs were waiting already as may."


def test_a_schedule_that_is_over_is_left_alone() -> None:
    engine = Engine(Schedule("0 0 29 2 *", "UTC"))
    assert engine.tick(days=731) is True
    assert engine.states() == ["queued"]
    assert engine.tick(days=1) is False


def test_one_broken_schedule_does_not_stop_the_others(engine: Engine) -> None:
    """A zone may vanish with an update of the time zone data."""
    broken = Schedule("0 * * * *", "UTC")
    engine.store.deploy(new_version("a-broken", schedule=broken), NOW - timedelta(hours=2))
    object.__setattr__(broken, "timezone", "Atlantis/Sunken")
    engine.clock.move(hours=1)
    with pytest.raises(DeployError, match="Atlantis"):
        engine.scheduler.tick()
    assert engine.states() == ["queued"]


def test_one_that_cannot_be_written_does_not_stop_the_others(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine.store.deploy(new_version("a-broken", schedule=HOURLY), NOW)
    fire = engine.store.fire

    def refusing(plans: Sequence[Planned], now: datetime) -> int:
        if any(plan.due.deployment == "a-broken" for plan in plans):
            raise ValueError("not this one")
        return fire(plans, now)

    monkeypatch.setattr(engine.store, "fire", refusing)
    with pytest.raises(ValueError, match="not this one"):
        engine.tick(hours=1)
    assert [(run.deployment, run.state) for run in engine.runs()] == [("sales", "queued")]


def test_schedules_that_are_due_together_share_what_room_there_is(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backlog, "MAX_QUEUED_IN_ALL", 3)
    for number in range(4):
        engine.store.deploy(new_version(f"other{number}", schedule=HOURLY), NOW)
    assert engine.tick(hours=1)
    assert sorted(engine.states()) == ["queued"] * 3 + ["skipped"] * 2


def test_many_rows_are_written_in_parts(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BATCH", 2)
    for number in range(4):
        engine.store.deploy(new_version(f"other{number}", schedule=HOURLY), NOW)
    sizes = []
    fire = engine.store.fire

    def counting(plans: Sequence[Planned], now: datetime) -> int:
        sizes.append(len(plans))
        return fire(plans, now)

    monkeypatch.setattr(engine.store, "fire", counting)
    assert engine.tick(hours=1)
    assert sizes == [2, 2, 1]
    assert engine.states() == ["queued"] * 5


ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"]
CRONS = ["* * * * *", "*/20 * * * *", "0 * * * *", "30 2 * * *", "15 1,3 * * 0,6", "0 0 1 * *"]


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(ZONES),
    st.sampled_from(CRONS),
    st.sampled_from(["none", "latest", "all"]),
    st.sampled_from(["skip", "allow"]),
    # Begins around the changes of daylight-saving time; jumps go both ways.
    st.datetimes(datetime(2026, 3, 1), datetime(2026, 11, 10)),
    st.lists(st.tuples(st.floats(-7200, 40_000), st.booleans()), min_size=1, max_size=8),
)
def test_each_due_time_has_exactly_one_row(
    zone: str,
    cron: str,
    catch_up: str,
    overlap: str,
    begin: datetime,
    steps: list[tuple[float, bool]],
) -> None:
    start = begin.replace(tzinfo=timezone.utc)
    store, clock = MemoryStore(), ManualClock(start)
    scheduler = Scheduler(store, clock)
    schedule = Schedule(cron, zone, catch_up, overlap)
    store.deploy(new_version(schedule=schedule), start)
    latest = start
    for seconds, restart in steps:
        clock.move(seconds=seconds)
        latest = max(latest, clock.now())
        if restart:
            scheduler = Scheduler(store, clock)
        while scheduler.tick():
            assert all(run.due_at <= latest for run in store.runs(RunQuery(limit=1)))
        for claim in store.claim(1, "fake", clock.now(), "here"):
            store.close(claim.run.id, claim.fence, closing(), clock.now())
    rows = [run.due_at for run in store.runs(RunQuery(limit=100_000))][::-1]
    fires = next_fires(cron, zone, start, 100_000, until=latest)
    # In UTC: a time that a zone has twice equals nothing in another zone.
    assert rows == [due.astimezone(timezone.utc) for due in fires]
