"""The engine's one thread."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from jupyter_deploy.engine import core as module
from jupyter_deploy.engine.core import Core
from jupyter_deploy.errors import NotFound, Unavailable
from jupyter_deploy.ports.store import Claim, NewRun, RunQuery
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
    parts.store.claim(2, "fake", parts.clock.now(), "here")
    parts.executor.living = {parts.watcher.placement(1, 1)}
    engine = start()
    engine.settle()
    assert [parts.run(number).fence for number in (1, 2)] == [1, 2]
    assert [parts.run(number).state for number in (1, 2)] == ["running", "running"]
    assert parts.executor.started() == [2]


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
    parts.store.claim(1, "fake", parts.clock.now(), "here")
    methods = {"running", "next_due", "last_event", "due_schedules", "claim", "activity"}
    parts.store.broken = set(methods)
    engine = start(quiet_seconds=0)
    for _ in range(3):
        engine.settle()
    assert len(parts.watcher) == 0
    for method in sorted(methods):
        parts.store.broken.discard(method)
        engine.settle()
    assert engine.do(lambda: (parts.run(1).state, parts.run(1).fence)) == ("running", 2)
    assert engine.do(lambda: parts.store.add_run(NewRun("sales", {}, None), parts.clock.now()))
    engine.settle()
    assert parts.executor.started() == [1, 2]


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

        def come_back() -> None:  # as one job: between two steps of the engine
            engine.core.last_use -= 3601
            engine.core.touch()

        engine.do(come_back)
        engine.settle()
        assert not engine.quiet.is_set()
        engine.core.last_use -= 3601
        engine.settle()
        assert engine.quiet.wait(PATIENCE)


def test_a_claim_whose_answer_was_lost_is_watched(
    start: Start, parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "TROUBLED", 0.01)
    parts.deploy()
    claim, lost = parts.store.claim, threading.Event()

    def commit_and_vanish(*arguments: Any) -> list[Claim]:
        claims = claim(*arguments)
        if claims and not lost.is_set():
            lost.set()
            raise Unavailable("The connection is gone.")
        return claims

    monkeypatch.setattr(parts.store, "claim", commit_and_vanish)
    parts.queue()
    engine = start()
    assert lost.wait(PATIENCE)
    engine.settle()
    engine.settle()
    run = parts.run(1)
    assert [attempt.outcome for attempt in run.attempts] == ["never started", None]
    assert parts.executor.started() == [1]


def test_who_waits_for_a_silent_database_is_told_with_the_first(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "SLOW", 0.05)
    engine, gate = start(), threading.Event()

    def wait_in_vain() -> None:
        gate.wait(PATIENCE)
        time.sleep(0.05)
        raise Unavailable("The database is silent.")

    first = engine.core.submit(wait_in_vain)
    others = [engine.core.submit(lambda: 1) for _ in range(3)]
    gate.set()
    for future in (first, *others):
        with pytest.raises(Unavailable, match="silent"):
            future.result(PATIENCE)
    assert engine.do(lambda: 3) == 3


def test_a_failure_that_was_quick_is_nobody_elses(start: Start) -> None:
    engine, gate = start(), threading.Event()
    engine.core.submit(lambda: gate.wait(PATIENCE))

    def fail() -> None:
        raise Unavailable("The connection was reset.")

    first, second = engine.core.submit(fail), engine.core.submit(lambda: 2)
    gate.set()
    with pytest.raises(Unavailable):
        first.result(PATIENCE)
    assert second.result(PATIENCE) == 2


def test_jobs_have_their_turn_between_the_steps(
    start: Start, parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside, gate, order = threading.Event(), threading.Event(), list[str]()

    def slow() -> bool:
        inside.set()
        gate.wait(PATIENCE)
        order.append("check")
        return False

    monkeypatch.setattr(parts.watcher, "check", slow)
    monkeypatch.setattr(parts.dispatcher, "fill", lambda: order.append("fill"))
    engine = start()
    assert inside.wait(PATIENCE)
    asked = engine.core.submit(lambda: order.append("job"))
    gate.set()
    asked.result(PATIENCE)
    engine.settle()
    assert order[:3] == ["check", "job", "fill"]


def test_who_comes_after_the_stop_is_told(start: Start) -> None:
    engine = start()
    engine.core.stop()
    with pytest.raises(Unavailable, match="stopped"):
        engine.do(lambda: 1)
