"""Room kept back for a full disk."""

from __future__ import annotations

import errno
import logging
import os
from pathlib import Path

import pytest

from jupyter_deploy import durable
from jupyter_deploy.engine.reserve import Reserve
from jupyter_deploy.errors import DiskFull, Unavailable

from .conftest import Parts

SIZE = 200_000


@pytest.fixture
def reserve(tmp_path: Path) -> Reserve:
    made = Reserve(tmp_path / "reserve", SIZE)
    assert made.keep()
    return made


def there(reserve: Reserve, tmp_path: Path) -> bool:
    return (tmp_path / "reserve").exists()


def test_its_bytes_are_really_taken(reserve: Reserve, tmp_path: Path) -> None:
    assert (tmp_path / "reserve").stat().st_blocks * 512 >= SIZE
    assert not reserve.released


@pytest.mark.parametrize(
    "full", [DiskFull("full"), OSError(errno.ENOSPC, "full"), OSError(errno.EDQUOT, "quota")]
)
def test_it_is_given_once_and_comes_back(
    reserve: Reserve, tmp_path: Path, full: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    seen = []

    def work() -> str:
        seen.append(there(reserve, tmp_path))
        if len(seen) == 1:
            raise full
        return "done"

    assert reserve.spend(work) == "done"
    assert seen == [True, False]
    assert reserve.released
    assert "the disk is full" in caplog.text
    assert reserve.keep() is True
    assert not reserve.released
    assert "the reserve is back" in caplog.text
    assert there(reserve, tmp_path)


def test_a_second_failure_is_raised(reserve: Reserve) -> None:
    def work() -> None:
        raise DiskFull("full")

    for _ in range(2):
        with pytest.raises(DiskFull):
            reserve.spend(work)


@pytest.mark.parametrize("error", [Unavailable("locked"), OSError(errno.EIO, "broken")])
def test_other_failures_leave_it_alone(reserve: Reserve, tmp_path: Path, error: Exception) -> None:
    def work() -> None:
        raise error

    with pytest.raises(type(error)):
        reserve.spend(work)
    assert there(reserve, tmp_path)


def test_it_is_not_made_where_there_is_no_room(tmp_path: Path) -> None:
    assert Reserve(tmp_path / "reserve", 2**62).keep() is False
    assert not (tmp_path / "reserve").exists()


def test_a_disk_that_fills_while_it_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(durable.os, "posix_fallocate", full)
    assert Reserve(tmp_path / "reserve", SIZE).keep() is False
    assert not (tmp_path / "reserve").exists()


def test_a_run_ends_on_a_full_disk(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    parts.reserve.keep()
    parts.deploy()
    parts.queue()
    parts.dispatcher.fill()
    parts.executor.end(1)
    parts.store.full = {"close"}
    monkeypatch.setattr(
        "jupyter_deploy.engine.reserve.give_room", lambda path: parts.store.full.clear() or True
    )
    assert parts.watcher.check() is True
    assert parts.run(1).state == "failed"


def test_a_run_can_be_cancelled_on_a_full_disk(
    parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts.deploy()
    parts.queue()
    parts.dispatcher.fill()
    parts.store.full = {"request_cancel"}
    monkeypatch.setattr(
        "jupyter_deploy.engine.reserve.give_room", lambda path: parts.store.full.clear() or True
    )
    parts.service.cancel(1)
    assert ("cancel", 1) in parts.executor.calls


def test_nothing_else_may_use_it(parts: Parts) -> None:
    """Else new deployments would eat what ends of runs need."""
    parts.reserve.keep()
    parts.deploy()
    parts.store.full = {"add_run"}
    with pytest.raises(DiskFull):
        parts.service.start_run("sales", {}, None, None)
    assert not parts.reserve.released
