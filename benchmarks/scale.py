"""Ten thousand schedules and a million runs."""

from __future__ import annotations

import sqlite3
import time
from datetime import datetime, timedelta, timezone
from typing import Any

from sqlalchemy import insert

from benchmarks.home import Home, home, percentile, timed, until
from jupyter_deploy.artifacts.files import FileBlobStore
from jupyter_deploy.capture.bundle import capture
from jupyter_deploy.client.api import EngineClient
from jupyter_deploy.domain.bundle import Bundle
from jupyter_deploy.domain.deployments import NewVersion
from jupyter_deploy.domain.schedule import Schedule
from jupyter_deploy.store.database import open_database
from jupyter_deploy.store.schema import attempts, runs
from jupyter_deploy.store.sql import SqlStore

SCHEDULES = 10_000
DUE = 1_000
RUNS = 1_000_000
#: Seconds over which an engine with nothing to do is watched.
IDLE = 60
#: Requests for each page.
REQUESTS = 200


def many_schedules() -> dict[str, Any]:
    """Rows of a thousand schedules due in one second; the engine beside nine thousand others."""
    with home(max_running=1) as place:
        ready = datetime.now(timezone.utc) + timedelta(seconds=IDLE + 5)
        _deploy_many(place, due := _after_the_build(ready))
        place.start()
        idle = _idle(place)
        at_rest = (due - datetime.now(timezone.utc)).total_seconds()
        assert at_rest > 0, "building the database took longer than was thought"
        late = _rows_after(place, due)
        return {
            "schedules": SCHEDULES,
            "idle": idle,
            "due_at_once": DUE,
            "seconds_until_all_rows": round(late, 3),
        }


def _after_the_build(ready: datetime) -> datetime:
    """The next minute that leaves time for building the database, some 60 s."""
    return (ready + timedelta(seconds=120)).replace(second=0, microsecond=0)


def _deploy_many(place: Home, due: datetime) -> None:
    bundle = _bundle(place)
    store = _store(place)
    others = due + timedelta(hours=12)
    now = datetime.now(timezone.utc)
    for number in range(SCHEDULES):
        when = due if number % (SCHEDULES // DUE) == 0 else others
        schedule = Schedule(f"{when.minute} {when.hour} * * *", "UTC")
        store.deploy(NewVersion(f"daily-{number}", bundle, {}, schedule, None), now)
    store.dispose()


def _bundle(place: Home) -> Bundle:
    captured = capture(place.notebook("daily", "x = 1"), limit=place.folder)
    blobs = FileBlobStore(place.settings.blobs_dir)
    for digest, content in captured.contents.items():
        blobs.put(digest, [content if isinstance(content, bytes) else content.read_bytes()])
    return captured.bundle


def _store(place: Home) -> SqlStore:
    place.settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    return SqlStore(open_database(place.settings.database_url))


def _idle(place: Home) -> dict[str, Any]:
    engine = place.engine
    time.sleep(5)  # what a start costs is not at rest
    before = sum(engine.cpu_times()[:2])
    time.sleep(IDLE)
    used = sum(engine.cpu_times()[:2]) - before
    return {
        "percent_of_a_core": round(100 * used / IDLE, 2),
        "megabytes": round(engine.memory_info().rss / 1e6, 1),
    }


def _rows_after(place: Home, due: datetime) -> float:
    """Seconds from the due time until every row can be read."""
    file = place.settings.database_file
    assert file is not None
    reader = sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)
    counted = "SELECT count(*) FROM runs WHERE schedule_id IS NOT NULL"
    until(lambda: reader.execute(counted).fetchone()[0] >= DUE, seconds=300)
    late = datetime.now(timezone.utc) - due
    reader.close()
    return late.total_seconds()


def many_runs() -> dict[str, Any]:
    """The first and the last page of all runs and of those that failed, over HTTP."""
    with home() as place:
        _fill(place)
        client = place.start()
        pages = {
            "first": client.runs,
            "last": lambda: client.runs(cursor="51"),
            "first_of_a_deployment": lambda: client.runs(deployment="daily-7"),
            "first_failed": lambda: client.runs(state="failed"),
        }
        assert _ids(client, cursor="51") == list(range(50, 0, -1))
        times = {name: [timed(ask) for _ in range(REQUESTS)] for name, ask in pages.items()}
        return {
            "runs": RUNS,
            "p99_milliseconds": {
                name: round(1000 * percentile(found, 0.99), 1) for name, found in times.items()
            },
        }


def _ids(client: EngineClient, cursor: str) -> list[int]:
    return [run["id"] for run in client.runs(cursor=cursor)["runs"]]


def _fill(place: Home) -> None:
    bundle = _bundle(place)
    store = _store(place)
    now = datetime.now(timezone.utc)
    for number in range(100):
        store.deploy(NewVersion(f"daily-{number}", bundle, {}, None, None), now)
    store.dispose()
    database = open_database(place.settings.database_url)
    for first in range(1, RUNS + 1, 10_000):
        numbers = range(first, first + 10_000)
        with database.begin() as connection:
            connection.execute(insert(runs), list(map(_run, numbers)))
            connection.execute(insert(attempts), list(map(_attempt, numbers)))
    database.dispose()


def _run(number: int) -> dict[str, Any]:
    began, ended = _times(number)
    failed = number % 50 == 0
    return {
        "id": number,
        "deployment": f"daily-{number % 100}",
        "deployment_id": number % 100 + 1,
        "version": 1,
        "trigger": "manual",
        "state": "failed" if failed else "succeeded",
        "verdict": "failed" if failed else "succeeded",
        "fault": "notebook" if failed else None,
        "reason": "Cell 3 failed: ValueError: no rows" if failed else None,
        "created_at": began,
        "started_at": began,
        "ended_at": ended,
        "parameters": {"region": "eu"},
        "fence": 1,
        "cancel_requested": False,
        "outputs": [],
        "progress": {"cell": 12, "cells": 12},
    }


def _attempt(number: int) -> dict[str, Any]:
    began, ended = _times(number)
    return {
        "run_id": number,
        "fence": 1,
        "executor": "local",
        "outcome": "completed",
        "started_at": began,
        "ended_at": ended,
    }


def _times(number: int) -> tuple[datetime, datetime]:
    began = datetime(2026, 1, 1, tzinfo=timezone.utc) + timedelta(seconds=20 * number)
    return began, began + timedelta(seconds=15)
