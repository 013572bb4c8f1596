"""The engine's one thread."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest

from jupyter_deploy.engine import core as module
from jupyter_deploy.engine.core import Core
from jupyter_deploy.errors import NotFound
from jupyter_deploy.ports.store import NewRun, RunQuery
from jupyter_deploy.testing.samples import HOURLY

from .conftest import Parts

#: Seconds that anything here may take on a busy machine.
PATIENCE = 20.0


class Engine:
    def __init__(self, parts: Parts, quiet_seconds: float) -> None:
        self.parts = parts
        self.quiet = threading.Event()
        self.core = Core(
            parts.store,
            parts.scheduler,
            parts.watcher,
            parts.dispatcher,
            quiet_seconds=quiet_seconds,
            on_quiet=self.quiet.set,
        )

    def do(self, job: Callable[[], object]) -> object:
        return self.core.submit(job).result(PATIENCE)

    def settle(self) -> None:
        """Comes back when the steps after everything before have been taken."""
        self.do(lambda: None)
        self.do(lambda: None)


@pytest.fixture
def start(parts: Parts) -> Iterator[Callable[..., Engine]]:
    started: list[Engine] = []

    def make(quiet_seconds: float = 3600) -> Engine:
        engine = Engine(parts, quiet_seconds)
        engine.core.start()
        started.append(engine)
        return engine

    yield make
    for engine in started:
        engine.core.stop()


Start = Callable[..., Engine]


def test_jobs_run_one_after_the_other_on_its_thread(start: Start) -> None:
    engine = start()
    threads: list[str] = []
    futures = [
        engine.core.submit(lambda: threads.append(threading.current_thread().name))
        for _ in range(20)
    ]
    for future in futures:
        future.result(PATIENCE)
    assert threads == ["engine"] * 20


def test_a_job_that_fails_tells_who_asked_and_nobody_else(start: Start, parts: Parts) -> None:
    engine = start()
    with pytest.raises(NotFound):
        engine.do(lambda: parts.store.deployment("nobody"))
    with pytest.raises(KeyboardInterrupt):
        engine.do(_interrupt)
    assert engine.do(lambda: 3) == 3


def _interrupt() -> None:
    raise KeyboardInterrupt


def test_who_does_not_wait_any_more_is_left_out(start: Start) -> None:
    engine = start()
    gate, done = threading.Event(), []
    engine.core.submit(lambda: gate.wait(PATIENCE))
    waiting = engine.core.submit(lambda: done.append(1))
    assert waiting.cancel()
    gate.set()
    engine.settle()
    assert done == []


def test_what_is_queued_starts_at_once(start: Start, parts: Parts) -> None:
    engine = start()
    engine.do(parts.deploy)
    engine.do(parts.queue)
    engine.settle()
    assert parts.executor.started() == [1]
    parts.executor.end(1)
    engine.settle()
    assert engine.do(lambda: parts.run(1).state) == "failed"


def test_the_newest_event_is_known(start: Start, parts: Parts) -> None:
    parts.deploy()
    engine = start()
    engine.settle()
    assert engine.core.last_event == 1
    engine.do(parts.queue)
    engine.settle()
    assert engine.core.last_event == 3  # queued, started


def test_a_due_schedule_fires(start: Start, parts: Parts) -> None:
    parts.deploy(schedule=HOURLY)
    engine = start()
    engine.do(lambda: parts.clock.move(hours=1))
    engine.settle()
    assert engine.do(lambda: parts.run(1).trigger) == "schedule"
    assert parts.executor.started() == [1]


@pytest.mark.parametrize("jump", [{"hours": 1}, {"days": 3}])
def test_time_that_passed_in_its_sleep_is_noticed_without_a_word(
    start: Start, parts: Parts, monkeypatch: pytest.MonkeyPatch, jump: dict[str, float]
) -> None:
    """S10: whatever the schedule says of the wait, the longest is IDLE, on a clock nobody sets."""
    assert module.IDLE <= 5
    monkeypatch.setattr(module, "IDLE", 0.05)
    started, begin = threading.Event(), parts.executor.start
    monkeypatch.setattr(
        parts.executor, "start", lambda placement: (begin(placement), started.set())
    )
    parts.deploy(schedule=HOURLY)
    engine = start()
    engine.settle()
    assert parts.scheduler.seconds_to_next() == 3600
    parts.clock.move(**jump)  # and no job wakes the thread
    assert started.wait(PATIENCE)


def test_a_clock_that_is_set_back_lengthens_no_sleep(
    start: Start, parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "IDLE", 0.05)
    parts.deploy(schedule=HOURLY)
    parts.clock.move(days=-1)
    engine = start()
    engine.settle()
    assert parts.scheduler.seconds_to_next() == 25 * 3600
    ticked, tick = threading.Event(), parts.scheduler.tick
    monkeypatch.setattr(parts.scheduler, "tick", lambda: (tick(), ticked.set())[0])
    assert ticked.wait(PATIENCE)


def test_stopping_finishes_the_jobs_and_leaves_the_runners(start: Start, parts: Parts) -> None:
    engine = start()
    engine.do(parts.deploy)
    engine.do(parts.queue)
    engine.settle()
    last = engine.core.submit(parts.queue)
    engine.core.stop()
    assert last.result(0) == [2]
    assert parts.executor.living
    assert ("kill", 1) not in parts.executor.calls


def test_the_next_one_adopts_what_runs(start: Start, parts: Parts) -> None:
    parts.deploy()
    parts.queue(count=2)
    parts.store.claim(2, "fake", parts.clock.now())
    parts.executor.living = {parts.watcher.placement(1, 1)}
    engine = start()
    engine.settle()
    assert [run.state for run in (parts.run(1), parts.run(2))] == ["running", "failed"]


@pytest.mark.parametrize("step", ["tick", "check", "fill"])
def test_a_step_that_fails_stops_no_other(
    start: Start, parts: Parts, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    monkeypatch.setattr(module, "TROUBLED", 0.01)
    part = {"tick": parts.scheduler, "check": parts.watcher, "fill": parts.dispatcher}[step]
    failed = threading.Event()

    def fail() -> bool:
        failed.set()
        raise RuntimeError("broken")

    monkeypatch.setattr(part, step, fail)
    parts.deploy(schedule=HOURLY)
    parts.queue()
    engine = start()
    assert failed.wait(PATIENCE)
    engine.settle()
    assert parts.executor.started() == ([] if step == "fill" else [1])
    engine.do(lambda: parts.clock.move(hours=1))
    engine.settle()
    fired = engine.do(lambda: parts.store.runs(RunQuery())[0].trigger) == "schedule"
    assert fired == (step != "tick")


def test_a_database_that_comes_back(
    start: Start, parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is adopted twice or forgotten, whatever fails at the start."""
    monkeypatch.setattr(module, "TROUBLED", 0.01)
    parts.deploy()
    parts.queue()
    parts.store.claim(1, "fake", parts.clock.now())
    methods = {"running", "next_due", "last_event", "due_schedules", "claim", "activity"}
    parts.store.broken = set(methods)
    engine = start(quiet_seconds=0)
    for _ in range(3):
        engine.settle()
    assert len(parts.watcher) == 0
    for method in sorted(methods):
        parts.store.broken.discard(method)
        engine.settle()
    assert engine.do(lambda: parts.run(1).state) == "failed"
    assert engine.do(lambda: parts.store.add_run(NewRun("sales", {}, None), parts.clock.now()))
    engine.settle()
    assert parts.executor.started() == [2]


def test_it_leaves_when_nothing_is_active(start: Start) -> None:
    assert start(quiet_seconds=0).quiet.wait(PATIENCE)


@pytest.mark.parametrize("reason", ["queued", "running", "schedule", "use"])
def test_it_stays_as_long_as_something_is_active(start: Start, parts: Parts, reason: str) -> None:
    parts.deploy(schedule=HOURLY if reason == "schedule" else None)
    if reason in ("queued", "running"):
        parts.queue()
    if reason == "queued":
        parts.dispatcher.slots = 0
    engine = start(quiet_seconds=3600 if reason == "use" else 0)
    engine.settle()
    assert not engine.quiet.is_set()
    if reason == "use":
        engine.core.last_use -= 3601
        engine.do(engine.core.touch)
        engine.settle()
        assert not engine.quiet.is_set()
        engine.core.last_use -= 3601
        engine.settle()
        assert engine.quiet.wait(PATIENCE)
