"""Copies of the SQLite file: whole at any instant, and what takes their place."""

from __future__ import annotations

import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest

from jupyter_deploy.errors import Unavailable
from jupyter_deploy.store.copies import KEPT, Copies, quick_check
from jupyter_deploy.store.database import open_database
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


def test_without_a_sound_copy_it_is_left_alone(copies: Copies) -> None:
    filled(copies)
    corrupt(copies.make(NOW))
    corrupt(copies.path)
    damaged = copies.path.read_bytes()
    with pytest.raises(Unavailable, match="no sound copy") as caught:
        copies.recover(NOW)
    assert caught.value.hint
    assert copies.path.read_bytes() == damaged
