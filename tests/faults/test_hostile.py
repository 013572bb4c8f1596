"""Notebooks that want to survive or to do harm: each ends with its reason, and wholly.

What has to be dead is known from the notebooks themselves: every process of theirs notes
its number in a file, so that nothing here depends on how the engine finds them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from e2e.conftest import Document, Place, is_alive, processes_with, until

from jupyter_deploy.family import COOKIE

from .hostile import CASES, Case

#: Seconds within which a run has ended after its limit or after it was cancelled.
SOON = 15


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    place = Place(tmp_path_factory.mktemp("hostile") / "home", max_running=3)
    place.start_engine()
    yield place
    place.close()


@pytest.fixture(scope="module")
def witnesses(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("witnesses")


def begin(place: Place, witnesses: Path, name: str) -> int:
    case, key = CASES[name], name.replace(" ", "-")
    place.deploy(key, *case.cells(witnesses / name), policies={"timeout": {"cell": case.limit}})
    return place.run(key)


@pytest.fixture(scope="module")
def runs(place: Place, witnesses: Path) -> dict[str, int]:
    """All that end by themselves, so that they wait for each other's limits."""
    return {name: begin(place, witnesses, name) for name in CASES if not CASES[name].cancel}


@pytest.mark.parametrize("name", [name for name in CASES if not CASES[name].cancel])
def test_it_ends(place: Place, runs: dict[str, int], witnesses: Path, name: str) -> None:
    run = place.ended(runs[name], 120)
    check(place, run, CASES[name], noted(witnesses / name))
    assert seconds_since(run, place.entries(run["id"], "cell_started")) < CASES[name].limit + SOON


@pytest.mark.parametrize("name", [name for name in CASES if CASES[name].cancel])
def test_it_can_be_cancelled(place: Place, witnesses: Path, name: str) -> None:
    case, number = CASES[name], begin(place, witnesses, name)
    place.until_printed(number, "harm is done")
    until(lambda: stopped(place, number))
    place.client.cancel(number)
    check(place, place.ended(number, SOON), case, noted(witnesses / name))


def stopped(place: Place, number: int) -> bool:
    return any(process.status() == "stopped" for process in place.processes_of(number))


def noted(witness: Path) -> list[int]:
    return [int(line) for line in witness.read_text().split()]


def check(place: Place, run: Document, case: Case, processes: list[int]) -> None:
    """The run has ended as it should, and nothing of it is alive."""
    survivors = [pid for pid in processes if is_alive(pid)]
    assert survivors == []
    assert len(processes) >= case.noted
    folder = place.data.resolve() / "deploy" / "runs" / str(run["id"]) / "1"
    assert processes_with(COOKIE, str(folder)) == []
    [attempt] = run["attempts"]
    verdict = run["verdict"] or run["state"]
    assert (verdict, run["fault"], attempt["outcome"]) == case.ends[:3], run
    words = case.ends[3]
    assert words in run["reason"] if words else run["reason"] is None
    if case.keeps:
        document = json.loads(place.client.output(run["id"], "output.ipynb"))
        assert "so far" in json.dumps(document["cells"][0]["outputs"])


def seconds_since(run: Document, started: list[Document]) -> float:
    """From the beginning of the hostile cell, or of the run, to its end."""
    began = started[1]["at"] if len(started) > 1 else run["started_at"]
    return (moment(run["ended_at"]) - moment(began)).total_seconds()


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))
