"""Short of disk or memory: nothing new is started, and nothing else changes."""

from __future__ import annotations

import errno
import logging
import os

import pytest

from jupyter_deploy.domain.caps import MB, Watermarks
from jupyter_deploy.domain.policies import Limits, Policies
from jupyter_deploy.engine.pressure import FULL, shortage
from jupyter_deploy.executors.machine import LocalMachine

from .conftest import Parts

NO_SPACE = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize(
    ("disk", "memory", "words"),
    [
        (200 * MB, 100 * MB, None),
        (200 * MB - 1, 100 * MB, "c.Deploy.min_free_disk is 200 MB"),
        (200 * MB, 99 * MB, "99 MB of memory are available, c.Deploy.min_free_memory is 100 MB"),
        (0, 0, "the disk is full, 0 KB are free"),
    ],
)
def test_the_rule(disk: int, memory: int, words: str | None) -> None:
    said = shortage(disk, memory, Watermarks(200 * MB, 100 * MB))
    assert said is None if words is None else words in str(said)


def test_without_watermarks_only_a_full_disk_holds_back() -> None:
    assert shortage(FULL, 0, Watermarks(0, 0)) is None
    assert "the disk is full" in str(shortage(FULL - 1, 0, Watermarks(0, 0)))


def test_this_machine_has_something_left(parts: Parts) -> None:
    place = parts.folder(1).parents[2]
    machine = LocalMachine((place, place / "not there"))
    machine.write()
    before = sorted(place.iterdir())
    machine.write()
    assert sorted(place.iterdir()) == before
    assert machine.free_disk() > 0
    assert machine.free_memory() > 0


@pytest.mark.parametrize("short", ["disk", "memory"])
def test_the_queue_waits_in_its_order_and_goes_on(parts: Parts, short: str) -> None:
    parts.deploy()
    parts.queue()
    parts.dispatcher.fill()
    parts.queue(count=2)
    setattr(parts.machine, short, MB)
    assert parts.dispatcher.fill() is False
    assert parts.executor.started() == [1]
    assert parts.dispatcher.seconds_to_next() == 1.0
    assert parts.run(1).state == "running"  # what runs goes on
    assert f"c.Deploy.min_free_{short}" in str(parts.service.load()["holding"])
    setattr(parts.machine, short, 1000 * MB)
    assert parts.dispatcher.fill() is True
    assert parts.executor.started() == [1, 2]
    assert parts.service.load()["holding"] is None


def test_it_is_in_the_log_once(parts: Parts, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "jupyter_deploy.engine.pressure")
    for disk in (1000, 5, 4, 3, 1000, 1000):
        parts.machine.disk = disk * MB
        parts.dispatcher.fill()
    said = [record.message for record in caplog.records]
    assert len(said) == 2
    assert said[0].startswith("Runs wait: 5 MB of disk are free")
    assert "runs are started" in said[1]


def test_runs_that_have_waited_too_long_expire_all_the_same(parts: Parts) -> None:
    parts.machine.disk = 0
    parts.deploy(policies=Policies(timeout=Limits(queue=60)))
    parts.queue()
    assert parts.dispatcher.fill() is False
    parts.clock.move(seconds=61)
    assert parts.dispatcher.fill() is True
    assert parts.run(1).state == "failed"


def test_a_start_without_room_fails_and_the_next_ones_wait(
    parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts.reserve.keep()
    parts.deploy()
    parts.queue(count=3)
    parts.executor.refusal = NO_SPACE
    parts.dispatcher.fill()
    assert [parts.run(n).state for n in (1, 2, 3)] == ["failed", "failed", "queued"]
    assert (parts.run(1).attempts[0].outcome, parts.run(1).fault) == ("disk full", "infrastructure")
    parts.executor.refusal = None
    monkeypatch.setattr(parts.reserve, "_size", 2**62)  # no disk has room for it
    assert parts.dispatcher.fill() is False
    assert "no room for the reserve" in str(parts.dispatcher.holding())
    monkeypatch.undo()
    assert parts.dispatcher.fill() is True
    assert parts.run(3).state == "running"


@pytest.mark.parametrize("number", [errno.EROFS, errno.EIO])
def test_a_disk_that_fails_does_not_burn_the_queue(parts: Parts, number: int) -> None:
    parts.deploy()
    parts.queue(count=3)
    parts.executor.refusal = parts.machine.fault = OSError(number, os.strerror(number))
    parts.dispatcher.fill()
    assert parts.dispatcher.fill() is False
    assert [parts.run(n).state for n in (1, 2, 3)] == ["failed", "failed", "queued"]
    assert os.strerror(number) in str(parts.dispatcher.holding())
    parts.executor.refusal = parts.machine.fault = None
    assert parts.dispatcher.fill() is True
    assert parts.run(3).state == "running"
