"""Folders and files that cannot be used: one sentence, what to do, exit code 3."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from .conftest import Home


def file_for_runtime(home: Home) -> None:
    home.runtime.rmdir()
    home.runtime.touch()


def file_for_data(home: Home) -> None:
    home.data.rmdir()
    home.data.touch()


def folder_for_log(home: Home) -> None:
    (home.data / "deploy" / "engine.log").mkdir(parents=True)


def folder_for_lock(home: Home) -> None:
    (home.data / "deploy" / "start.lock").mkdir(parents=True)


def noise_for_database(home: Home) -> None:
    database(home).write_bytes(b"\xa5" * 5000)


def newer_database(home: Home) -> None:
    with sqlite3.connect(database(home)) as connection:
        connection.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
        connection.execute("INSERT INTO alembic_version VALUES ('9999')")


def database(home: Home) -> Path:
    folder = home.data / "deploy"
    folder.mkdir()
    return folder / "deploy.db"


@pytest.mark.parametrize(
    ("spoil", "message", "hint"),
    [
        (file_for_runtime, "cannot be written", "JUPYTER_RUNTIME_DIR"),
        (file_for_data, "cannot be used", "JUPYTER_DATA_DIR"),
        (folder_for_log, "engine.log cannot be used", "JUPYTER_DATA_DIR"),
        (folder_for_lock, "start.lock cannot be used", "JUPYTER_DATA_DIR"),
        (noise_for_database, "file is not a database", "Put a copy into its place"),
        (newer_database, "newer version", "pip install --upgrade"),
    ],
)
def test_says_what_is_wrong_and_what_to_do(
    deploy_home: Home, spoil: Callable[[Home], None], message: str, hint: str
) -> None:
    spoil(deploy_home)
    error = deploy_home.error("list", code=3)
    assert message in error["message"]
    assert "\n" not in error["message"]
    assert hint in error["hint"]


def test_a_database_that_is_no_database_stays_as_it_is(deploy_home: Home) -> None:
    noise_for_database(deploy_home)
    deploy_home.error("list", code=3)
    assert (deploy_home.data / "deploy" / "deploy.db").read_bytes() == b"\xa5" * 5000


def test_without_a_home(deploy_home: Home) -> None:
    """As in many containers and service managers."""
    deploy_home.notebook("plain.ipynb", "print('here')")
    answer = deploy_home("notebook", "plain.ipynb", "--wait", env={"HOME": "/nonexistent/home"})
    assert answer.code == 0, answer.err


def test_an_engine_leaves_when_its_folder_is_deleted(deploy_home: Home) -> None:
    deploy_home("engine", "start")
    engine = psutil.Process(deploy_home.json("engine", "status")["pid"])
    shutil.rmtree(deploy_home.data / "deploy")
    engine.wait(60)
    assert list(deploy_home.runtime.iterdir()) == []
