"""Copies of the SQLite file: whole at any instant, and what takes their place."""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from jupyter_deploy.errors import DiskFull, Unavailable
from jupyter_deploy.ports.store import NewRun
from jupyter_deploy.store.copies import KEPT, Copies, number_runs_above, quick_check
from jupyter_deploy.store.database import open_database
from jupyter_deploy.store.presence import GoneError, Salvage
from jupyter_deploy.store.sql import SqlStore
from jupyter_deploy.testing.samples import NOW, new_version


@pytest.fixture
def copies(tmp_path: Path) -> Copies:
    return Copies(tmp_path / "deploy.db", tmp_path / "copies")


def opened(copies: Copies) -> SqlStore:
    return SqlStore(open_database(f"sqlite:///{copies.path}"))


def names(copies: Copies) -> list[str]:
    store = opened(copies)
    found = [item.name for item in store.deployments()]
    store.dispose()
    return found


def filled(copies: Copies) -> None:
    store = opened(copies)
    for number in range(50):
        store.deploy(new_version(f"sales{number:02}"), NOW)
    store.dispose()


def corrupt(path: Path) -> None:
    """A page in the middle is overwritten."""
    with open(path, "r+b") as file:
        file.seek(4096 * 3)
        file.write(b"\xff" * 4096)


def test_a_copy_of_a_database_in_use_is_sound_and_complete(copies: Copies) -> None:
    store = opened(copies)
    store.deploy(new_version(), NOW)
    copy = copies.make(NOW)
    store.deploy(new_version("later"), NOW)
    store.dispose()
    assert quick_check(copy) == "ok"
    with sqlite3.connect(copy) as connection:
        assert connection.execute("SELECT name FROM deployments").fetchall() == [("sales",)]


def test_as_many_are_kept_as_there_are_hours_in_a_day(copies: Copies) -> None:
    opened(copies).dispose()
    made = [copies.make(NOW + timedelta(hours=hour)) for hour in range(KEPT + 3)]
    assert copies.newest_first() == made[::-1][:KEPT]


def test_a_copy_that_fails_leaves_none(copies: Copies) -> None:
    with pytest.raises(sqlite3.Error):
        copies.make(NOW)
    assert copies.newest_first() == []


def test_nothing_is_done_to_what_is_well(copies: Copies) -> None:
    assert copies.recover(NOW) is None  # nothing there yet
    filled(copies)
    assert copies.recover(NOW) is None
    assert len(names(copies)) == 50


def test_a_damaged_one_is_put_aside_and_the_newest_sound_copy_takes_its_place(
    copies: Copies,
) -> None:
    filled(copies)
    copies.make(NOW)
    worse = copies.make(NOW + timedelta(hours=1))
    corrupt(worse)
    corrupt(copies.path)
    damaged = copies.path.read_bytes()
    said = copies.recover(NOW + timedelta(hours=2))
    assert said is not None
    assert "2026-03-03 06:00 UTC" in said
    assert "is damaged" in said
    [aside] = copies.path.parent.glob("deploy.db.damaged-*Z")
    assert aside.name in said
    assert aside.read_bytes() == damaged
    assert len(names(copies)) == 50


@pytest.mark.parametrize("empty", [False, True])
def test_one_that_is_gone_comes_back(copies: Copies, empty: bool) -> None:
    filled(copies)
    copies.make(NOW)
    for path in copies.path.parent.glob("deploy.db*"):
        path.unlink()
    if empty:
        copies.path.touch()
    said = copies.recover(NOW)
    assert said is not None
    assert "is gone" in said
    assert len(names(copies)) == 50


def test_one_that_cannot_be_read_now_is_not_taken_for_damaged(
    copies: Copies, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a full disk SQLite cannot make its shared memory; the old copy would lose an hour."""
    filled(copies)
    copies.make(NOW)
    whole = copies.path.read_bytes()

    def full(_path: Path) -> str:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr("jupyter_deploy.store.copies.quick_check", full)
    with pytest.raises(DiskFull):
        copies.recover(NOW)
    assert copies.path.read_bytes() == whole


def test_without_room_for_the_copy_nothing_is_put_aside(
    copies: Copies, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(copies)
    copies.make(NOW)
    corrupt(copies.path)
    damaged = copies.path.read_bytes()

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("shutil.copyfileobj", full)
    with pytest.raises(OSError, match="No space"):
        copies.recover(NOW)
    assert copies.path.read_bytes() == damaged
    assert not [p for p in copies.path.parent.iterdir() if "damaged" in p.name or "tmp" in p.name]


def test_without_a_sound_copy_it_is_left_alone(copies: Copies) -> None:
    filled(copies)
    corrupt(copies.make(NOW))
    corrupt(copies.path)
    damaged = copies.path.read_bytes()
    with pytest.raises(Unavailable, match="no sound copy") as caught:
        copies.recover(NOW)
    assert caught.value.hint
    assert copies.path.read_bytes() == damaged


@pytest.mark.parametrize("before", [0, 2])
def test_runs_after_a_restored_copy_do_not_meet_folders_of_lost_ones(
    copies: Copies, tmp_path: Path, before: int
) -> None:
    store = opened(copies)
    store.deploy(new_version(), NOW)
    new = NewRun("sales", {}, None)
    for _ in range(before):
        store.add_run(new, NOW)
    store.dispose()
    for name in ("1", "2", "17", "notes"):
        (tmp_path / "runs" / name).mkdir(parents=True)
    number_runs_above(copies.path, tmp_path / "runs")
    store = opened(copies)
    assert store.add_run(new, NOW)[0].id == 18
    store.dispose()
    number_runs_above(copies.path, tmp_path / "none")
    store = opened(copies)
    assert store.add_run(new, NOW)[0].id == 19
    store.dispose()


def unlink_all(copies: Copies) -> None:
    for path in copies.path.parent.glob("deploy.db*"):
        path.unlink()


def only_the_database(copies: Copies) -> None:
    copies.path.unlink()


def leave_an_empty_file(copies: Copies) -> None:
    copies.path.unlink()
    copies.path.touch()


@pytest.mark.parametrize("take_away", [unlink_all, only_the_database, leave_an_empty_file])
def test_one_that_is_taken_away_in_use_comes_back_whole(
    copies: Copies, take_away: Callable[[Copies], None], caplog: pytest.LogCaptureFixture
) -> None:
    engine = open_database(f"sqlite:///{copies.path}")
    store, salvage = SqlStore(engine), Salvage(engine, copies, lambda: NOW)
    store.deploy(new_version(), NOW)
    take_away(copies)
    for ask in (store.deployments, lambda: store.deploy(new_version("later"), NOW)):
        with pytest.raises(GoneError) as caught:
            ask()
    salvage.mend(caught.value)
    assert [item.name for item in store.deployments()] == ["sales"]
    store.deploy(new_version("later"), NOW)
    store.dispose()
    assert names(copies) == ["later", "sales"]
    assert quick_check(copies.path) == "ok"
    assert "is gone" in caplog.text
    assert "is in its place" in caplog.text


def test_a_file_that_took_its_place_is_left_alone(
    copies: Copies, caplog: pytest.LogCaptureFixture
) -> None:
    filled(copies)
    other = copies.path.with_name("other.db")
    copies.path.rename(other)
    engine = open_database(f"sqlite:///{copies.path}")
    store, salvage = SqlStore(engine), Salvage(engine, copies, lambda: NOW)
    store.deploy(new_version(), NOW)
    os.replace(other, copies.path)
    for _ in range(3):
        with pytest.raises(GoneError) as caught:
            store.deployments()
        salvage.mend(caught.value)
    store.dispose()
    [saved] = copies.newest_first()
    with sqlite3.connect(saved) as connection:
        assert connection.execute("SELECT name FROM deployments").fetchall() == [("sales",)]
    assert "another file has its place" in caplog.text


def test_a_rescue_that_fails_is_tried_again(
    copies: Copies, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    engine = open_database(f"sqlite:///{copies.path}")
    store, salvage = SqlStore(engine), Salvage(engine, copies, lambda: NOW)
    store.deploy(new_version(), NOW)
    copies.path.unlink()
    copies.folder.touch()  # no folder can be made there
    salvage.mend(GoneError("gone"))
    assert "tried again" in caplog.text
    assert not copies.path.exists()
    copies.folder.unlink()
    salvage.mend(GoneError("gone"))
    assert [item.name for item in store.deployments()] == ["sales"]
    store.dispose()


def test_other_trouble_is_left_alone(copies: Copies) -> None:
    engine = open_database(f"sqlite:///{copies.path}")
    Salvage(engine, copies, lambda: NOW).mend(Unavailable("locked"))
    assert copies.newest_first() == []
    engine.dispose()
