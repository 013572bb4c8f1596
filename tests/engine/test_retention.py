"""Files of old runs: which go, and that nothing else does."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from jupyter_deploy.engine import retention as module
from jupyter_deploy.engine.retention import Retention
from jupyter_deploy.errors import NotFound
from jupyter_deploy.testing.fakes import write_ledger

from .conftest import Parts


@pytest.fixture
def ended(parts: Parts) -> Parts:
    """Three failed runs, two of them with 100 bytes, the clock ten days later."""
    parts.deploy()
    for number in (1, 2, 3):
        parts.queue()
        parts.dispatcher.fill()
        write_ledger(parts.folder(number), ())
        parts.executor.end(number)
        parts.watcher.check()
    for number in (1, 2):
        place = parts.folder(number) / "work"
        place.mkdir()
        (place / "result.csv").write_bytes(b"x" * 100)
    parts.clock.move(days=10)
    return parts


def retention(parts: Parts, days: int = 7) -> Retention:
    return Retention(parts.store, parts.clock, parts.blobs, parts.folder(1).parents[1], days)


def wait() -> None:
    """For the thread that deletes."""
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and thread.daemon:
            thread.join(10)


def held(parts: Parts) -> list[str]:
    wait()
    return sorted(path.name for path in parts.folder(1).parents[1].iterdir())


def test_a_preview_deletes_nothing(ended: Parts) -> None:
    found = retention(ended).preview(7)
    assert [item.run.id for item in found] == [1, 2, 3]
    assert found[0].size >= 100 > found[2].size - found[1].size
    assert held(ended) == ["1", "2", "3"]
    assert ended.run(1).pruned_at is None


def test_a_preview_is_what_goes(ended: Parts) -> None:
    ended.store.set_pinned(2, True)
    planned = retention(ended).preview(7)
    assert retention(ended).prune(7) == planned
    assert held(ended) == ["2"]
    assert [bool(ended.run(number).pruned_at) for number in (1, 2, 3)] == [True, False, True]


def test_younger_runs_stay(ended: Parts) -> None:
    assert retention(ended).prune(11) == []
    assert held(ended) == ["1", "2", "3"]


def test_the_engine_does_it_by_itself_when_told_so(ended: Parts) -> None:
    assert retention(ended, days=0).tick() is False
    assert held(ended) == ["1", "2", "3"]
    assert retention(ended).tick() is True
    assert held(ended) == []


def test_step_by_step(ended: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "STEP", 2)
    engine = retention(ended)
    assert engine.tick() and held(ended) == ["3"]
    assert engine.tick() and held(ended) == []
    assert not engine.tick()  # for an hour


def test_files_that_were_left_go_the_next_time(ended: Parts) -> None:
    ended.store.prune([1], ended.clock.now())  # and then the engine was killed
    retention(ended).prune(1000)
    assert held(ended) == ["2", "3"]


def test_links_are_not_followed(ended: Parts, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "precious").touch()
    (ended.folder(1) / "work" / "link").symlink_to(outside)
    whole = ended.folder(3).parent
    for path in sorted(whole.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    whole.rmdir()
    whole.symlink_to(outside)
    retention(ended).prune(7)
    assert held(ended) == []
    assert (outside / "precious").exists()


def test_folders_without_the_right_to_write(ended: Parts) -> None:
    (ended.folder(1) / "work").chmod(0o500)
    retention(ended).prune(7)
    assert held(ended) == []


def test_who_asks_for_a_deleted_output_is_told_so(ended: Parts) -> None:
    retention(ended).prune(7)
    with pytest.raises(NotFound, match="were deleted on 2026-03-13"):
        ended.service.output(1, "output.ipynb")
