"""A database of the first schema, with rows in it, under the code of today."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine

from jupyter_deploy.domain.policies import Policies
from jupyter_deploy.domain.runs import OutputFile, Progress, RunState
from jupyter_deploy.domain.schedule import Schedule
from jupyter_deploy.ports.store import NewRun, RunQuery
from jupyter_deploy.store import database
from jupyter_deploy.store.database import newest_revision, open_database
from jupyter_deploy.store.sql import SqlStore
from jupyter_deploy.testing.samples import NOW, bundle, closing

MIGRATIONS = Path(database.__file__).parent / "migrations"
MOMENT = "2026-03-03 06:00:00.000000"
DIGEST = "sha256:" + "0" * 64
SPEC = {"cron": "0 * * * *", "timezone": "UTC", "catch_up": "latest", "overlap": "skip"}
OUTPUT = {"name": "a.csv", "media_type": "text/csv", "size": 1, "digest": DIGEST}


def insert(connection: sqlite3.Connection, table: str, **values: Any) -> None:
    columns = ", ".join(f'"{name}"' for name in values)
    marks = ", ".join("?" * len(values))
    held = [
        json.dumps(item) if isinstance(item, (dict, list)) else item for item in values.values()
    ]
    connection.execute(f"insert into {table} ({columns}) values ({marks})", held)


def insert_run(connection: sqlite3.Connection, number: int, **values: Any) -> None:
    usual = {
        "id": number, "deployment": "sales", "deployment_id": 1, "version": 1,
        "trigger": "manual", "state": "queued", "created_at": MOMENT, "parameters": {"n": number},
        "fence": 0, "cancel_requested": 0, "outputs": [],
    }  # fmt: skip
    insert(connection, "runs", **{**usual, **values})


def fill(connection: sqlite3.Connection) -> None:
    """What an engine of the first schema left: runs that ended, run and wait."""
    insert(connection, "deployments", id=1, name="sales", notebook="sales.ipynb", paused=0,
           live_version=1, created_at=MOMENT)  # fmt: skip
    insert(connection, "versions", id=1, deployment_id=1, number=1, state="live", digest=DIGEST,
           bundle=bundle().to_json(), parameters={"n": 1}, schedule=SPEC, created_at=MOMENT,
           created_by="ada")  # fmt: skip
    insert(connection, "schedules", id=1, deployment_id=1, spec=SPEC, cursor=MOMENT,
           next_due="2026-03-03 07:00:00.000000", in_force=1)  # fmt: skip
    insert_run(connection, 1, trigger="schedule", schedule_id=1, due_at=MOMENT, state="succeeded",
               verdict="succeeded", started_at=MOMENT, ended_at=MOMENT, fence=1,
               progress={"cell": 2, "cells": 2}, outputs=[OUTPUT])  # fmt: skip
    insert_run(connection, 2, state="running", started_at=MOMENT, fence=1, cancel_requested=1)
    insert_run(connection, 3, idempotency_key="monday")
    for number in (1, 2):
        insert(connection, "attempts", run_id=number, fence=1, executor="local",
               started_at=MOMENT)  # fmt: skip
    insert(connection, "events", id=9, at=MOMENT, kind="run.queued", deployment="sales", run_id=3,
           state="queued")  # fmt: skip


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A database as the first schema's code wrote it."""
    file = tmp_path / "deploy.db"
    engine = create_engine(f"sqlite:///{file}")
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    engine.dispose()
    with sqlite3.connect(file) as connection:
        fill(connection)
    connection.close()
    return file


@pytest.fixture
def store(file: Path) -> Any:
    store = SqlStore(open_database(f"sqlite:///{file}"))
    yield store
    store.dispose()


def test_the_first_schema_knew_no_policies(file: Path) -> None:
    with sqlite3.connect(file) as connection:
        names = [row[1] for row in connection.execute("pragma table_info(versions)")]
        assert connection.execute("select version_num from alembic_version").fetchone() == ("0001",)
    assert "policies" not in names
    assert newest_revision() != "0001"


def test_what_was_there_is_read_as_it_was(store: SqlStore) -> None:
    live = store.deployment("sales").current
    assert (live.number, live.parameters, live.created_by) == (1, {"n": 1}, "ada")
    assert live.bundle == bundle()
    assert live.policies == Policies()
    assert live.schedule == Schedule("0 * * * *", "UTC")
    done, running, waiting = store.runs(RunQuery())[::-1]
    assert (done.state, done.verdict, done.due_at) == ("succeeded", "succeeded", NOW)
    assert (done.progress, done.outputs) == (Progress(2, 2), (OutputFile(**OUTPUT),))
    assert [attempt.fence for attempt in done.attempts] == [1]
    assert (running.state, running.cancel_requested) == ("running", True)
    assert (waiting.state, waiting.parameters, waiting.not_before) == ("queued", {"n": 3}, None)
    assert [event.id for event in store.events(0, 99)] == [9]


def test_what_was_open_goes_on(store: SqlStore) -> None:
    assert store.to_cancel() == [2]
    assert store.close(2, 1, closing(RunState.CANCELLED), NOW)
    assert store.next_start() is None
    assert store.expire(NOW.replace(year=2036)) == 0
    assert store.add_run(NewRun("sales", {}, None, "monday"), NOW)[0].id == 3
    assert store.add_run(NewRun("sales", {}, None), NOW)[0].id == 4
    assert [claim.run.id for claim in store.claim(9, "local", NOW, "here")] == [3, 4]


def test_the_schedule_goes_on_where_it_was(store: SqlStore) -> None:
    later = NOW.replace(hour=7)
    assert store.next_due() == later
    [due] = store.due_schedules(later, 9)
    assert (due.schedule, due.cursor) == (Schedule("0 * * * *", "UTC"), NOW)


def test_a_failed_migration_changes_nothing(file: Path) -> None:
    with sqlite3.connect(file) as connection:
        connection.execute("alter table runs add column priority integer")
        before = list(connection.iterdump())
    with pytest.raises(Exception, match="duplicate column"):
        open_database(f"sqlite:///{file}")
    with sqlite3.connect(file) as connection:
        assert list(connection.iterdump()) == before
