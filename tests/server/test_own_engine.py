"""A server in folders in which nothing was ever deployed: when an engine starts, and when not."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from jupyter_server.serverapp import ServerApp

from jupyter_deploy.client.launch import find_engine, stop_engine
from jupyter_deploy.config import Settings

from .contract import Api
from .test_events import Listener

Write = Callable[..., str]


@pytest.fixture
def jp_data_dir(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir()
    return tmp_path / "data"


@pytest.fixture
def jp_runtime_dir(tmp_path: Path) -> Path:
    (tmp_path / "runtime").mkdir()
    return tmp_path / "runtime"


@pytest.fixture
def alone(jp_serverapp: ServerApp) -> Iterator[Settings]:
    own: Settings = jp_serverapp.web_app.settings["jupyter_deploy"]
    yield own
    stop_engine(own)


@pytest.fixture
def endpoint(alone: Settings) -> None:
    """None is started beforehand."""


async def test_looking_starts_no_engine_and_working_does(
    alone: Settings, extension: Api, write: Write
) -> None:
    write("first.ipynb", "1")
    assert (await extension("GET", "/health")).good()["running"] is False
    (await extension("POST", "/inspect", {"notebook": "first.ipynb"})).good()
    assert find_engine(alone) is None
    assert (await extension("GET", "/deployments")).good() == {"deployments": []}
    assert (await extension("GET", "/health")).good()["running"] is True
    assert stop_engine(alone)
    assert (await extension("GET", "/health")).good()["pid"] is None


async def test_an_engine_that_cannot_start_is_explained(
    alone: Settings, extension: Api, write: Write
) -> None:
    alone.data_dir.mkdir()
    (alone.data_dir / "deploy.db").write_text("not a database, but long enough to be one")
    problem = (await extension("GET", "/deployments")).problem(503)
    assert "database" in problem["detail"]
    assert (await extension("GET", "/health")).good()["running"] is False


async def test_the_feed_follows_an_engine_that_is_started_anew(
    extension: Api, write: Write, name: str, jp_serverapp: ServerApp, alone: Settings
) -> None:
    listener = Listener(jp_serverapp, name)
    write("quick.ipynb", "1 + 1")
    request = {"notebook": "quick.ipynb", "name": name}
    (await extension("POST", "/deployments", request)).good(201)
    await listener.connected(extension)
    assert stop_engine(alone)
    await extension("DELETE", f"/deployments/{name}")
    assert (await listener.until("deployment.deleted"))[-1]["run"] is None


async def test_a_database_that_another_program_holds(alone: Settings, extension: Api) -> None:
    (await extension("GET", "/deployments")).good()
    other = sqlite3.connect(alone.data_dir / "deploy.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    answer = await extension("GET", "/deployments")
    assert "database" in answer.problem(503)["detail"]
    assert answer.headers["Retry-After"]
    other.rollback()
    other.close()
    (await extension("GET", "/deployments")).good()
