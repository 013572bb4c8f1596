"""What the doctor reads of a database that an engine owns."""

from __future__ import annotations

import sqlite3
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from jupyter_deploy.errors import Unavailable
from jupyter_deploy.ports.store import NewRun
from jupyter_deploy.store.database import clock_of, fences, open_database
from jupyter_deploy.store.sql import SqlStore
from jupyter_deploy.testing import postgres
from jupyter_deploy.testing.samples import NOW, new_version


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'deploy.db'}"
    server: postgres.Server = request.getfixturevalue("server")
    return server.database()


def test_runs_and_the_attempts_that_go_on(url: str) -> None:
    store = SqlStore(open_database(url))
    assert fences(url) == {}
    store.deploy(new_version(), NOW)
    for _ in range(3):
        store.add_run(NewRun("sales", {}, None), NOW)
    store.claim(2, "local", NOW, "here")
    store.request_cancel(3, NOW)
    assert fences(url) == {1: 1, 2: 1, 3: None}  # while the engine has it open
    store.dispose()


def test_without_tables_nothing_is_known_and_nothing_made(
    tmp_path: Path, server: postgres.Server
) -> None:
    file = tmp_path / "deploy.db"
    file.touch()
    for url in (f"sqlite:///{file}", f"sqlite:///{tmp_path / 'none.db'}", server.database()):
        with pytest.raises(Unavailable):
            fences(url)
    assert [path.name for path in tmp_path.iterdir()] == ["deploy.db"]
    assert file.stat().st_size == 0


def test_a_database_that_is_written_can_be_read(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'deploy.db'}"
    open_database(url).dispose()
    with sqlite3.connect(tmp_path / "deploy.db") as connection:
        connection.execute("BEGIN IMMEDIATE")
        assert fences(url) == {}


def test_the_servers_clock(server: postgres.Server) -> None:
    off = clock_of(server.database()) - datetime.now(timezone.utc)
    assert abs(off) < timedelta(seconds=2)
