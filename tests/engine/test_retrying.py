"""Attempts that follow attempts, limits and cancelled predecessors, through all the parts."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from jupyter_deploy.domain import ledger
from jupyter_deploy.domain.ledger import Finished
from jupyter_deploy.domain.policies import Limits, Policies, Retry
from jupyter_deploy.domain.runs import RunState
from jupyter_deploy.domain.schedule import Schedule
from jupyter_deploy.engine.watcher import Watcher
from jupyter_deploy.errors import Conflict, NotFound, Unavailable
from jupyter_deploy.runner.task import read_task
from jupyter_deploy.testing.fakes import write_ledger
from jupyter_deploy.testing.samples import HOURLY, closing

from .conftest import Parts

COMPLETED = [ledger.attempt_started("sales.ipynb", 1), Finished("completed").draft()]


def retrying(attempts: int, *on: str, backoff: float = 60) -> Policies:
    return Policies(Retry(attempts, backoff, on or ("infrastructure", "lost")))


def begin(parts: Parts, policies: Policies | None = None) -> None:
    """Run 1 has a live runner."""
    parts.deploy(policies=policies or Policies())
    parts.queue()
    parts.dispatcher.fill()


def die(parts: Parts, run_id: int = 1) -> None:
    parts.executor.end(run_id)
    assert parts.watcher.check() is True


def finish(parts: Parts, fence: int, outcome: str, **members: str) -> None:
    """The runner writes its last words and ends."""
    write_ledger(parts.folder(1, fence), [Finished(outcome, **members).draft()])  # type: ignore[arg-type]
    die(parts)


def test_a_lost_attempt_is_tried_again_after_its_backoff(parts: Parts) -> None:
    begin(parts, retrying(2))
    die(parts)
    run = parts.run(1)
    assert (run.state, run.ended_at) == ("queued", None)
    assert run.not_before == parts.clock.now() + timedelta(seconds=60)
    assert "left no result" in str(run.reason)
    assert len(parts.watcher) == 0
    assert parts.dispatcher.fill() is False
    assert parts.dispatcher.seconds_to_next() == 60
    parts.clock.move(seconds=59.9)
    assert parts.dispatcher.fill() is False
    parts.clock.move(seconds=0.1)
    assert parts.dispatcher.seconds_to_next() == 0
    assert parts.dispatcher.fill() is True
    assert parts.dispatcher.seconds_to_next() is None
    assert parts.executor.started() == [1, 1]
    assert json.loads((parts.folder(1, 2) / "task.json").read_text())["fence"] == 2
    write_ledger(parts.folder(1, 2), COMPLETED)
    die(parts)
    run = parts.run(1)
    assert (run.state, run.verdict, run.reason, run.fence) == ("succeeded", "succeeded", None, 2)
    outcomes = [(attempt.fence, attempt.outcome) for attempt in run.attempts]
    assert outcomes == [(1, "runner died"), (2, "succeeded")]


def test_by_default_nothing_is_tried_again(parts: Parts) -> None:
    begin(parts)
    die(parts)
    assert (parts.run(1).state, parts.run(1).fault) == ("failed", "lost")


def test_the_last_attempt_fails_the_run(parts: Parts) -> None:
    begin(parts, retrying(2, backoff=0))
    die(parts)
    assert parts.dispatcher.fill() is True
    die(parts)
    run = parts.run(1)
    assert (run.state, run.fault, run.ended_at) == ("failed", "lost", parts.clock.now())
    assert [attempt.outcome for attempt in run.attempts] == ["runner died"] * 2


def test_three_deaths_are_poisoned(parts: Parts) -> None:
    begin(parts, retrying(10, backoff=0))
    die(parts)
    parts.dispatcher.fill()
    finish(parts, 2, "kernel_died")
    parts.dispatcher.fill()
    die(parts)
    run = parts.run(1)
    assert (run.state, run.fault) == ("failed", "lost")
    outcomes = [attempt.outcome for attempt in run.attempts]
    assert outcomes == ["runner died", "kernel died", "poisoned"]
    assert str(run.reason).endswith("Not tried again: it has ended so 3 times.")
    assert parts.dispatcher.fill() is False


def test_an_error_of_the_notebook_is_tried_again_only_if_it_says_so(parts: Parts) -> None:
    begin(parts, retrying(3, "notebook", backoff=0))
    finish(parts, 1, "error")
    assert parts.run(1).state == "queued"
    parts.dispatcher.fill()
    die(parts)  # now it is lost, which is not named
    assert (parts.run(1).state, parts.run(1).fault) == ("failed", "lost")


def test_a_kernel_that_is_not_installed_is_hopeless(parts: Parts) -> None:
    begin(parts, retrying(3))
    finish(parts, 1, "kernel_not_found")
    assert (parts.run(1).state, parts.run(1).fault) == ("failed", "infrastructure")


def test_the_end_of_a_stale_attempt_changes_nothing(parts: Parts) -> None:
    begin(parts, retrying(3, backoff=0))
    old = parts.watcher.placement(1, 1)
    die(parts)
    parts.dispatcher.fill()
    before = parts.run(1)
    for stale in (closing(), closing(RunState.FAILED, fault="lost")):
        assert parts.store.close(1, 1, stale, parts.clock.now()) is False
    # An engine that slept through all this believes that it watches the first attempt.
    sleeper = Watcher(parts.store, parts.executor, parts.clock, parts.folder(1).parents[1], "here")
    sleeper.watch(old)
    write_ledger(old.folder, COMPLETED)
    assert sleeper.check() is True
    assert parts.run(1) == before
    assert parts.executor.alive(parts.watcher.placement(1, 2))


def test_what_could_not_be_started_is_tried_again(parts: Parts) -> None:
    parts.executor.refusal = OSError("no more processes")
    begin(parts, retrying(2))
    run = parts.run(1)
    assert (run.state, run.attempts[0].outcome) == ("queued", "not started")
    assert run.reason == "The run could not be started: no more processes"
    parts.executor.refusal = None
    parts.clock.move(seconds=60)
    parts.dispatcher.fill()
    assert parts.run(1).state == "running"
    assert len(parts.watcher) == 1


def test_a_retry_that_cannot_be_written_is_written_later(parts: Parts) -> None:
    begin(parts, retrying(2))
    parts.executor.end(1)
    for method in ("close", "run", "run_version"):
        parts.store.broken = {method}
        with pytest.raises(Unavailable):
            parts.watcher.check()
    parts.store.broken = set()
    assert parts.watcher.check() is True
    assert parts.run(1).state == "queued"


def test_the_next_engine_keeps_the_promise_of_another_attempt(parts: Parts) -> None:
    begin(parts, retrying(2))
    die(parts)
    successor = Watcher(
        parts.store, parts.executor, parts.clock, parts.folder(1).parents[1], "here"
    )
    successor.adopt()
    assert len(successor) == 0  # nothing runs
    parts.clock.move(seconds=60)
    assert parts.dispatcher.fill() is True


def test_who_cancels_gets_no_other_attempt(parts: Parts) -> None:
    """Also when the runner ends by itself in the same moment."""
    begin(parts, retrying(3, "timeout", "lost"))
    parts.executor.obedient = False
    parts.service.cancel(1)
    finish(parts, 1, "cell_timeout")
    assert (parts.run(1).state, parts.run(1).fault) == ("failed", "timeout")


def test_who_cancels_between_two_attempts_ends_the_run(parts: Parts) -> None:
    begin(parts, retrying(2))
    die(parts)
    run = parts.service.cancel(1)
    assert (run.state, run.reason) == ("cancelled", "Cancelled before it was tried again.")
    parts.clock.move(hours=1)
    assert parts.dispatcher.fill() is False


def test_the_ledger_is_the_newest_attempts(parts: Parts) -> None:
    begin(parts, retrying(2, backoff=0))
    write_ledger(parts.folder(1), [ledger.attempt_started("sales.ipynb", 7)])
    die(parts)
    entries, ended = parts.service.ledger(1)
    assert ([entry.data["cells"] for entry in entries], ended) == ([7], False)
    assert parts.service.run(1).progress is None
    parts.dispatcher.fill()
    write_ledger(parts.folder(1, 2), [ledger.attempt_started("sales.ipynb", 9)])
    entries, ended = parts.service.ledger(1)
    assert ([entry.data["cells"] for entry in entries], ended) == ([9], False)


# limits


def test_the_limits_get_to_the_runner(parts: Parts) -> None:
    begin(parts, Policies(timeout=Limits(run=7200, cell=90.5, queue=5, kernel_start=30)))
    found = read_task(parts.folder(1)).timeouts
    assert (found.run, found.cell, found.kernel_start) == (7200, 90.5, 30)


def test_without_limits_only_the_kernels_start_has_one(parts: Parts) -> None:
    begin(parts)
    found = read_task(parts.folder(1)).timeouts
    assert (found.run, found.cell, found.kernel_start) == (None, None, 60)


def test_what_waits_too_long_never_starts(parts: Parts) -> None:
    parts.deploy(policies=Policies(retrying(3, "timeout").retry, Limits(queue=60)))
    parts.deploy("busy")
    parts.queue("busy", 2)
    parts.dispatcher.fill()
    parts.queue()
    parts.clock.move(seconds=59)
    assert parts.dispatcher.fill() is False
    parts.clock.move(seconds=1)
    assert parts.dispatcher.fill() is True  # though no slot is free
    run = parts.run(3)
    assert (run.state, run.fault, run.attempts) == ("failed", "timeout", ())
    parts.executor.end(1)
    parts.watcher.check()
    assert parts.dispatcher.fill() is False


def test_a_deployment_takes_no_more_slots_than_it_may(parts: Parts) -> None:
    parts.dispatcher.slots = 4
    parts.deploy(policies=Policies(max_running=1))
    parts.deploy("other")
    parts.queue(count=3)
    parts.queue("other")
    parts.dispatcher.fill()
    assert parts.executor.started() == [1, 4]
    die(parts)
    parts.dispatcher.fill()
    assert parts.executor.started() == [1, 4, 2]


# overlap and jitter


def test_the_previous_run_ends_through_the_watcher(parts: Parts) -> None:
    parts.deploy(schedule=Schedule("0 * * * *", "UTC", overlap="cancel_previous"))
    parts.executor.obedient = False
    for _ in range(2):
        parts.clock.move(hours=1)
        assert parts.scheduler.tick() is True
        parts.watcher.check()
        parts.dispatcher.fill()
    assert parts.executor.calls == [("start", 1), ("cancel", 1)]
    assert [parts.run(number).state for number in (1, 2)] == ["running", "queued"]
    parts.watcher.check()
    assert parts.executor.calls[2:] == []  # asked once
    die(parts)
    assert (parts.run(1).state, parts.run(1).fault) == ("cancelled", "cancelled")
    assert parts.dispatcher.fill() is True
    assert parts.executor.started() == [1, 2]


def test_a_previous_run_that_waits_is_not_started(parts: Parts) -> None:
    parts.deploy(schedule=Schedule("0 * * * *", "UTC", overlap="cancel_previous"))
    parts.dispatcher.slots = 0
    for _ in range(3):
        parts.clock.move(hours=1)
        parts.scheduler.tick()
    states = [parts.run(number).state for number in (1, 2, 3)]
    assert states == ["cancelled", "cancelled", "queued"]


def test_one_runs_and_one_waits(parts: Parts) -> None:
    parts.deploy(schedule=Schedule("0 * * * *", "UTC", overlap="queue_one"))
    for _ in range(3):
        parts.clock.move(hours=1)
        parts.scheduler.tick()
        parts.dispatcher.fill()
    assert [parts.run(number).state for number in (1, 2, 3)] == ["running", "queued", "skipped"]
    assert parts.run(3).reason == "Skipped: run 2 was waiting already."


def test_a_full_queue_rejects_the_due_time(parts: Parts) -> None:
    parts.deploy(schedule=Schedule("0 * * * *", "UTC", overlap="allow"))
    parts.queue(count=100)
    parts.clock.move(hours=1)
    parts.scheduler.tick()
    run = parts.run(101)
    assert (run.state, run.reason) == (
        "skipped",
        "Rejected: as many runs were waiting already as may.",
    )


def test_a_run_with_jitter_starts_a_little_later(parts: Parts) -> None:
    parts.deploy(schedule=Schedule("0 * * * *", "UTC", jitter=600))
    parts.clock.move(hours=1)
    parts.scheduler.tick()
    run = parts.run(1)
    assert run.not_before is not None
    wait = (run.not_before - parts.clock.now()) / timedelta(seconds=1)
    assert 0 < wait < 600
    assert parts.dispatcher.fill() is False
    assert parts.dispatcher.seconds_to_next() == pytest.approx(wait)
    parts.clock.time = run.not_before
    assert parts.dispatcher.fill() is True
    assert parts.run(1).due_at == run.due_at


# once more, by hand


def test_a_run_can_be_run_once_more(parts: Parts) -> None:
    begin(parts)
    parts.deploy(parameters={"n": 2})
    with pytest.raises(Conflict):
        parts.service.retry(1, "ada")
    die(parts)
    run = parts.service.retry(1, "ada")
    assert (run.id, run.version, run.trigger, run.state) == (2, 1, "retry", "queued")
    assert (run.parameters, run.created_by) == ({}, "ada")
    assert parts.run(1).state == "failed"
    parts.dispatcher.fill()
    assert json.loads((parts.folder(2) / "task.json").read_text())["version"] == 1


def test_a_due_time_that_was_missed_can_be_made_up_for(parts: Parts) -> None:
    parts.deploy(schedule=HOURLY, parameters={"n": 1})
    parts.clock.move(hours=2)
    parts.scheduler.tick()
    assert parts.run(1).state == "missed"
    run = parts.service.retry(1, None)
    assert (run.state, run.due_at, run.parameters) == ("queued", None, {"n": 1})


def test_only_what_is_there_can_be_run_once_more(parts: Parts) -> None:
    begin(parts)
    die(parts)
    with pytest.raises(NotFound):
        parts.service.retry(2, None)
    parts.store.delete("sales", parts.clock.now())
    with pytest.raises(NotFound, match="no deployment"):
        parts.service.retry(1, None)
    # Its version 1 has the number of the one that ran, but is another notebook.
    parts.deploy(parameters={"n": 9})
    with pytest.raises(NotFound, match="another one has its name"):
        parts.service.retry(1, None)
