"""Disks that are full, read-only, damaged or taken away, below a real engine.

Whatever happens: what has a name is whole, a run that could not go on says so, the
queue is still there, a request is answered 503 and never 500, and all goes on by
itself once there is room.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import httpx
import nbformat
import pytest
from e2e.conftest import Document, Place, until

from jupyter_deploy.client.api import PREFIX
from jupyter_deploy.domain.bundle import digest_of
from jupyter_deploy.errors import DiskFull
from jupyter_deploy.store.copies import Copies, quick_check
from jupyter_deploy.store.database import open_database
from jupyter_deploy.store.sql import SqlStore
from jupyter_deploy.testing.samples import new_version

from .disk import MB, Disk

NOW = datetime(2026, 3, 3, 6, tzinfo=timezone.utc)
#: Waits for a file on another disk, so that the test decides when the notebook goes on.
GATE = "import os, time\nwhile not os.path.exists(gate):\n    time.sleep(0.02)"
#: No watermark: what happens on a full disk is seen only where runs are started on one.
SETTINGS = {"max_running": 1, "min_free_disk": 0, "min_free_memory": 0}


class Ground(Place):
    """A home on a disk of its own."""

    def __init__(self, disk: Disk, **settings: int | str) -> None:
        super().__init__(disk.place / "home", **settings)
        self.disk = disk

    @property
    def deploy_dir(self) -> Path:
        return self.data / "deploy"

    @property
    def log(self) -> str:
        return (self.deploy_dir / "engine.log").read_text()

    def gated(self, name: str, gate: Path, *before: str, after: str = "print('after')") -> int:
        """A run of a notebook that has come to its gate."""
        self.deploy(name, f"gate = {str(gate)!r}", *before, "print('at the gate')", GATE, after)
        number = self.run(name)
        self.until_printed(number, "at the gate")
        return number

    def holding(self) -> str:
        said: str | None = self.client.health()["holding"]
        return said or ""

    def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        document = self.runtime_document()
        headers = {"Authorization": f"token {document['token']}"}
        return httpx.request(
            method, document["url"] + PREFIX + path, headers=headers, timeout=30, **options
        )


def is_problem(answer: httpx.Response, kind: str) -> Document:
    assert answer.status_code == 503, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert int(answer.headers["Retry-After"]) > 0
    problem: Document = answer.json()
    assert problem["type"] == kind
    assert problem["hint"]
    return problem


def is_whole_or_absent(path: Path) -> None:
    if path.exists():
        nbformat.validate(nbformat.read(path, as_version=4))
    left = [item.name for item in path.parent.glob(".*.tmp")]
    assert left == []


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    disk = Disk(tmp_path_factory.mktemp("faults") / "disk", 150 * MB)
    try:
        made = Ground(disk, **SETTINGS)
        made.start_engine()
        yield made
        made.close()
        assert "Traceback" not in made.log
    finally:
        disk.close()


@pytest.fixture(autouse=True)
def everything_goes_on(ground: Ground) -> Iterator[None]:
    """After each test, with room on the disk, the same engine runs notebooks again."""
    yield
    ground.disk.clear()
    if "goes-on" not in [item["name"] for item in ground.client.deployments()["deployments"]]:
        ground.deploy("goes-on", "1 + 1")
    until(lambda: not ground.holding())
    assert ground.ended(ground.run("goes-on"))["state"] == "succeeded"
    assert (ground.deploy_dir / "reserve").stat().st_size > 0


@pytest.fixture
def gate(tmp_path: Path) -> Path:
    return tmp_path / "gate"


def blobs(ground: Ground) -> list[str]:
    return sorted(path.name for path in (ground.deploy_dir / "blobs").rglob("*") if path.is_file())


def test_an_upload(ground: Ground) -> None:
    content = os.urandom(2 * MB)
    digest = digest_of(content)
    ground.deploy("any", "1 + 1")
    before = blobs(ground)
    ground.disk.fill()
    is_problem(ground.request("PUT", f"/blobs/{digest}", content=content), "disk-full")
    assert blobs(ground) == before  # neither the blob nor a part of it
    ground.disk.clear()
    assert ground.request("PUT", f"/blobs/{digest}", content=content).status_code == 204


PRINTS = "import random\nfor _ in range(3000):\n    print(random.random(), 'x' * 1000)"
WAYS = {
    # where it stops: cells before the gate, the cell after it, bytes left while it waits
    "ledger": ((), PRINTS, 0),
    "output.ipynb": (("print('y' * 8_000_000)",), "None", 128 * 1024),
    "a file of the notebook": ((), "open('side.bin', 'wb').write(b'z' * 5_000_000)", 0),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_run(ground: Ground, gate: Path, way: str) -> None:
    """Its end is in the database although that has no room either; the next run waits."""
    before, after, leave = WAYS[way]
    name = f"fills-{list(WAYS).index(way)}"
    number = ground.gated(name, gate, *before, after=after)
    waiting = ground.run(name)
    ground.disk.fill(leave)
    gate.touch()
    run = ground.ended(number)
    assert (run["state"], run["fault"]) == ("failed", "infrastructure")
    assert run["attempts"][-1]["outcome"] == "disk full"
    assert "disk is full" in run["reason"]
    is_whole_or_absent(ground.attempt(number) / "output.ipynb")
    assert ground.client.run(waiting)["state"] == "queued"
    assert [e["kind"] for e in ground.client.ledger(number)["entries"]][-1] == "finished"
    ground.disk.clear()
    ended = ground.ended(waiting)["state"]
    assert ended == ("failed" if ground.disk.free < 5 * MB else "succeeded")


def test_the_database(ground: Ground, gate: Path) -> None:
    """What was answered with 201 is there, what was answered with 503 is not."""
    number = ground.gated("big", gate)
    ground.deploy("wide", "print(len(text))", parameters="text = ''")
    ground.disk.fill()
    accepted = []
    with pytest.raises(DiskFull):
        for _ in range(20):
            accepted.append(ground.run("wide", text="x" * 500_000))
    request = {"parameters": {"text": "x" * 500_000}}
    is_problem(ground.request("POST", "/deployments/wide/runs", json=request), "disk-full")
    queued = ground.client.runs(state="queued")["runs"]
    assert sorted(run["id"] for run in queued) == accepted
    assert (ground.deploy_dir / "reserve").exists()  # it is for the ends of runs
    gate.touch()
    assert ground.ended(number)["state"] == "failed"
    assert "Runs wait" in ground.holding()
    check = {item["name"]: item for item in ground.json("doctor", code=1)["checks"]}["engine"]
    assert (check["state"], check["message"]) == ("warn", ground.holding())
    assert "Runs wait" in ground("engine", "status").out
    assert sorted(run["id"] for run in ground.client.runs(state="queued")["runs"]) == accepted
    ground.disk.clear()
    for waiting in accepted:
        assert ground.ended(waiting)["state"] == "succeeded"


def test_a_task(ground: Ground) -> None:
    """The folder of the runs on a disk of its own, with room for bytes but not for files."""
    ground.deploy("task", "1 + 1")
    runs = Disk(ground.deploy_dir / "runs", 10 * MB, files=3)  # itself and two folders
    try:
        run = ground.ended(ground.run("task"))
        assert (run["state"], run["attempts"][-1]["outcome"]) == ("failed", "disk full")
        folder = ground.attempt(run["id"])
        assert list(folder.iterdir()) == []
    finally:
        runs.close()


def test_a_copy_of_the_database(ground: Ground) -> None:
    copies = Copies(ground.disk.place / "copied" / "deploy.db", ground.disk.place / "copied/copies")
    copies.path.parent.mkdir()
    store = SqlStore(open_database(f"sqlite:///{copies.path}"))
    for number in range(200):
        store.deploy(new_version(f"sales{number}"), NOW)
    whole = copies.make(NOW)
    content = whole.read_bytes()
    ground.disk.fill(leave=64 * 1024)
    with pytest.raises((sqlite3.Error, OSError)):
        copies.make(NOW.replace(hour=7))
    assert [path.name for path in copies.folder.iterdir()] == [whole.name]
    assert whole.read_bytes() == content
    assert ground.disk.free >= 60 * 1024  # no half copy makes it worse
    ground.disk.clear()
    assert quick_check(copies.make(NOW.replace(hour=8))) == "ok"
    store.dispose()


def test_a_start_on_a_full_disk(ground: Ground) -> None:
    """The reserve lets it start, so that runs can end and somebody can look."""
    ground.json("engine", "stop")
    ground.disk.fill()
    ground.start_engine()
    assert len(ground.client.deployments()["deployments"]) > 0
    assert "Runs wait" in ground.holding()
    assert not list(ground.deploy_dir.glob("deploy.db.damaged*"))


def test_a_start_without_any_room(ground: Ground) -> None:
    """Neither an address nor half of one is left, and one sentence says why."""
    ground.json("engine", "stop")
    runtime = Disk(ground.runtime, 64 * 1024)
    try:
        runtime.fill()
        error = ground.error("engine", "start", code=3)
        assert "No space left on device" in error["message"]
        assert "\n" not in error["message"]
        assert [path.name for path in ground.runtime.iterdir()] == ["filler"]
    finally:
        runtime.close()
        ground.start_engine()


def test_a_disk_that_turns_read_only(ground: Ground, gate: Path) -> None:
    number = ground.gated("read", gate)
    waiting = [ground.run("read"), ground.run("read")]
    ground.disk.cover()
    try:
        content = b"anything"
        answer = ground.request("PUT", f"/blobs/{digest_of(content)}", content=content)
        assert "Read-only" in is_problem(answer, "unavailable")["detail"]
        gate.touch()
        assert ground.ended(number)["state"] == "failed"
        assert ground.ended(waiting[0])["state"] == "failed"
        assert "cannot be written" in until(ground.holding)
        assert ground.client.run(waiting[1])["state"] == "queued"
    finally:
        ground.disk.uncover()
    assert ground.ended(waiting[1])["state"] == "succeeded"


def test_a_start_on_a_read_only_disk(ground: Ground) -> None:
    ground.json("engine", "stop")
    ground.disk.cover()
    try:
        error = ground.error("list", code=3)
        assert "Read-only file system" in error["message"]
        assert "JUPYTER_DATA_DIR" in error["hint"]
        assert ground.json("engine", "status")["running"] is False
    finally:
        ground.disk.uncover()
        ground.start_engine()


@pytest.mark.parametrize("pattern", ["deploy.db", "deploy.db*"])
def test_a_database_that_is_deleted_in_use(ground: Ground, gate: Path, pattern: str) -> None:
    """Not a row is lost: the open connection still holds them all."""
    number = ground.gated("kept", gate)
    waiting = ground.run("kept")
    names = [item["name"] for item in ground.client.deployments()["deployments"]]
    for path in ground.deploy_dir.glob(pattern):
        path.unlink()
    until((ground.deploy_dir / "deploy.db").exists)
    gate.touch()
    for run in (number, waiting):
        assert ground.ended(run)["state"] == "succeeded"
    assert [item["name"] for item in ground.client.deployments()["deployments"]] == names
    assert "is gone; all that was in it" in ground.log
    assert quick_check(ground.deploy_dir / "deploy.db") == "ok"


def test_a_page_that_is_damaged(ground: Ground) -> None:
    """Put aside, never replaced by an empty one; runs that the copy lacks are in nobody's way."""
    ground.deploy("lost", "1 + 1")
    copies = ground.deploy_dir / "copies"
    before = set(copies.glob("*.db"))
    ground.json("engine", "stop")
    ground.start_engine()  # copies at its start
    until(lambda: set(copies.glob("*.db")) - before)
    names = [item["name"] for item in ground.client.deployments()["deployments"]]
    lost = ground.run("lost")
    ground.ended(lost)
    ground.json("engine", "stop")
    with open(ground.deploy_dir / "deploy.db", "r+b") as file:
        file.seek(4096 * 2)
        file.write(b"\xff" * 4096 * 4)
    ground.start_engine()
    assert [item["name"] for item in ground.client.deployments()["deployments"]] == names
    assert "is damaged" in ground.log
    again = ground.run("lost")
    assert again > lost
    assert ground.ended(again)["state"] == "succeeded"
    [aside] = ground.deploy_dir.glob("deploy.db.damaged-*Z")
    aside.unlink()


def test_a_database_that_another_program_holds(ground: Ground, gate: Path) -> None:
    """For longer than 5 s: refused with the time to come again, and nothing is lost."""
    number = ground.gated("held", gate)
    before = [run["id"] for run in ground.client.runs()["runs"]]
    other = sqlite3.connect(ground.deploy_dir / "deploy.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    gate.touch()  # and the run ends meanwhile
    began = time.monotonic()
    while time.monotonic() - began < 6:
        answer = ground.request("POST", "/deployments/held/runs", json={"parameters": {}})
        assert "database" in is_problem(answer, "unavailable")["detail"]
        assert answer.headers["Retry-After"]
    other.rollback()
    other.close()
    until(lambda: ground.request("GET", "/deployments").status_code == 200)
    assert ground.ended(number)["state"] == "succeeded"
    assert [run["id"] for run in ground.client.runs()["runs"]] == before
    assert ground.ended(ground.run("held"))["state"] == "succeeded"


def test_a_watermark(tmp_path: Path) -> None:
    """With the default settings nobody comes near a full disk."""
    disk = Disk(tmp_path / "marked", 150 * MB)
    place = Ground(disk, **{**SETTINGS, "min_free_disk": 40 * MB})
    try:
        place.start_engine()
        place.deploy("careful", "1 + 1")
        disk.fill(leave=30 * MB)
        waiting = [place.run("careful"), place.run("careful")]
        assert "c.Deploy.min_free_disk is 40 MB" in until(place.holding)
        assert place.client.health()["queued"] == 2
        disk.clear()
        first, second = (place.ended(number) for number in waiting)
        assert (first["state"], second["state"]) == ("succeeded", "succeeded")
        assert first["started_at"] < second["started_at"]
    finally:
        place.close()
        disk.close()
