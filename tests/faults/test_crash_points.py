"""The engine is killed at a named point; it, or another one, goes on without a violation."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path

import psutil
import pytest

from jupyter_deploy.domain.bundle import digest_of
from jupyter_deploy.domain.runs import Run, RunState
from jupyter_deploy.family import COOKIE
from jupyter_deploy.ports.store import RunQuery
from jupyter_deploy.store.blobs import DatabaseBlobs
from jupyter_deploy.store.database import open_database
from jupyter_deploy.store.sql import SqlStore
from jupyter_deploy.testing import postgres

from .crashing import HOUR, KILLED, Point, World, in_child, live

STORE = "jupyter_deploy.store.sql:SqlStore"
EXECUTOR = "jupyter_deploy.executors.local:LocalExecutor"
WATCHER = "jupyter_deploy.engine.watcher:Watcher"
DISPATCHER = "jupyter_deploy.engine.dispatcher:Dispatcher"

POINTS = (
    *(
        Point(f"{STORE}.{method}", moment)
        for method in ("deploy", "add_run", "request_cancel", "fire", "expire", "claim", "close")
        for moment in ("inside", "after")
    ),
    Point(f"{STORE}.claim", "after", 2),
    Point(f"{STORE}.close", "inside", 3),
    Point(f"{STORE}.close", "after", 3),
    Point("jupyter_deploy.artifacts.files:FileBlobStore.put", "before"),
    Point("jupyter_deploy.artifacts.files:FileBlobStore.put", "after"),
    Point("jupyter_deploy.engine.scheduler:plan", "after"),
    Point(f"{DISPATCHER}._task", "before"),
    Point("jupyter_deploy.engine.dispatcher:write_whole", "before"),
    Point("jupyter_deploy.engine.dispatcher:write_whole", "after"),
    Point(f"{EXECUTOR}.start", "after"),
    Point(f"{EXECUTOR}._spawn", "before"),
    Point(f"{EXECUTOR}._spawn", "after"),
    Point(f"{EXECUTOR}._spawn", "after", 3),
    Point(f"{EXECUTOR}.kill", "before"),
    Point(f"{EXECUTOR}.kill", "after"),
    Point("jupyter_deploy.engine.closing:_rebuild", "before"),
    Point("jupyter_deploy.engine.closing:_rebuild", "after"),
    Point("jupyter_deploy.engine.watcher:conclude", "after"),
    Point(f"{WATCHER}.or_again", "after", 2),
)
#: Of engines that share a database.
SHARED_POINTS = (
    *(Point(f"{STORE}.{method}", moment) for method in ("join", "renew")
      for moment in ("inside", "after")),
    Point("jupyter_deploy.deadline:Deadline.write", "before"),
    Point("jupyter_deploy.engine.keeping:Keeper.keep", "after"),
    Point("jupyter_deploy.store.blobs:DatabaseBlobs.put", "after", 2),
)  # fmt: skip
TAKING_POINTS = tuple(Point(f"{STORE}.take_over", moment, 1) for moment in ("inside", "after"))


@pytest.fixture(scope="module")
def server() -> Iterator[postgres.Server]:
    with postgres.server() as running:
        yield running


@pytest.fixture
def world(tmp_path: Path) -> World:
    """On SQLite; three due times and a bit have passed."""
    return World(tmp_path, f"sqlite:///{tmp_path / 'deploy.db'}", _three_hours_ago())


@pytest.fixture
def shared_world(tmp_path: Path, server: postgres.Server) -> World:
    return World(tmp_path, server.database(), _three_hours_ago())


def _three_hours_ago() -> datetime:
    return datetime.now(timezone.utc) - 3 * HOUR


@pytest.mark.parametrize("point", POINTS, ids=str)
def test_it_goes_on(world: World, point: Point) -> None:
    assert in_child(lambda: live(world, "here", point)) == KILLED
    assert in_child(lambda: live(world, "here", None)) == 0
    check(world, alone=True)


@pytest.mark.parametrize("point", (*POINTS, *SHARED_POINTS), ids=str)
def test_it_goes_on_with_a_database_server(shared_world: World, point: Point) -> None:
    assert in_child(lambda: live(shared_world, "here", point)) == KILLED
    assert in_child(lambda: live(shared_world, "here", None)) == 0
    check(shared_world, alone=True)


@pytest.mark.parametrize("point", (*POINTS, *SHARED_POINTS), ids=str)
def test_another_goes_on(shared_world: World, point: Point) -> None:
    assert in_child(lambda: live(shared_world, "here", point)) == KILLED
    assert in_child(lambda: live(shared_world, "there", None)) == 0
    check(shared_world, alone=False)


@pytest.mark.parametrize("point", TAKING_POINTS, ids=str)
def test_who_takes_over_is_killed_too(shared_world: World, point: Point) -> None:
    first = Point(f"{EXECUTOR}._spawn", "after", 3)
    assert in_child(lambda: live(shared_world, "here", first)) == KILLED
    assert in_child(lambda: live(shared_world, "there", point)) == KILLED
    assert in_child(lambda: live(shared_world, "third", None)) == 0
    check(shared_world, alone=False)


def check(world: World, *, alone: bool) -> None:
    """Every promise, after everything has settled.

    Where the engine itself went on (`alone`), a crash costs nobody a run.
    """
    database = open_database(world.url)
    store = SqlStore(database)
    runs = store.runs(RunQuery(limit=500))
    remote = DatabaseBlobs(database) if database.dialect.name == "postgresql" else None
    try:
        _check_due_times(world, runs)
        _check_ends(store, runs, alone)
        _check_witness(world, runs)
        for run in runs:
            _check_outputs(world, run, remote)
        _check_files(world)
        assert _left_alive(world) == []
    finally:
        store.dispose()


def _check_due_times(world: World, runs: list[Run]) -> None:
    due = sorted(run.due_at for run in runs if run.due_at is not None)
    assert due == world.due_times()


def _check_ends(store: SqlStore, runs: list[Run], alone: bool) -> None:
    assert len(runs) == len(store.runs(RunQuery("hourly", limit=500))) + 5
    terminal = Counter(
        event.run
        for event in store.events(0, 10_000)
        if event.kind in ("run.finished", "run.cancelled", "run.missed", "run.skipped")
    )
    assert terminal == Counter(run.id for run in runs)
    for run in runs:
        assert not run.state.open
        outcomes = [attempt.outcome for attempt in run.attempts]
        assert None not in outcomes
        assert [attempt.fence for attempt in run.attempts] == list(range(1, len(outcomes) + 1))
        if run.deployment == "late":
            assert (run.state, run.fault) == ("failed", "timeout")
        elif alone and run.deployment != "manual":
            assert run.state == "succeeded", run
        elif alone:
            assert run.state in (RunState.SUCCEEDED, RunState.CANCELLED), run


def _check_witness(world: World, runs: list[Run]) -> None:
    """No attempt twice, none beside another of its run, none without its start."""
    if not world.witness.exists():
        lines = []
    else:
        lines = [line.split() for line in world.witness.read_text().splitlines()]
    assert len({tuple(line) for line in lines}) == len(lines)
    for run in runs:
        own = [(word, int(fence)) for word, number, fence in lines if int(number) == run.id]
        fences = [fence for _, fence in own]
        assert fences == sorted(fences), own
        if run.state is RunState.SUCCEEDED:
            assert own[-1] == ("end", run.fence)


def _check_outputs(world: World, run: Run, remote: DatabaseBlobs | None) -> None:
    for output in run.outputs:
        if remote is not None:
            content = b"".join(remote.get(output.digest))
        else:
            place = world.folder / "here" / "runs" / str(run.id) / str(run.fence)
            content = (place / output.name).read_bytes()
        assert (len(content), digest_of(content)) == (output.size, output.digest)
    if run.state is RunState.SUCCEEDED:
        assert len(run.outputs) == 1


def _check_files(world: World) -> None:
    for path in world.folder.glob("*/runs/*/*/*"):
        if path.suffix in (".json", ".ipynb"):
            json.loads(path.read_bytes())
    for path in world.folder.glob("*/blobs/sha256/??/*"):
        if not path.name.startswith("."):
            assert digest_of(path.read_bytes()).endswith(path.parent.name + path.name)


def _left_alive(world: World) -> list[int]:
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get(COOKIE, "").startswith(str(world.folder)):
                found.append(process.pid)
        except (psutil.Error, OSError):
            continue
    return found
