"""Cells over runs."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from jupyter_deploy.domain.history import Past, cell_times
from jupyter_deploy.domain.ledger import Entry
from jupyter_deploy.domain.runs import CellTime, RunState
from jupyter_deploy.results.history import matrix, usual_seconds

NOW = datetime(2026, 5, 1, 6, tzinfo=timezone.utc)


def past(number: int, state: str = "succeeded", **members: Any) -> Past:
    began = NOW + timedelta(days=number)
    held = {
        "version": 1,
        "verdict": None,
        "reason": None,
        "cell": None,
        "due_at": began,
        "created_at": began,
        "started_at": began,
        "ended_at": began + timedelta(seconds=10),
    }
    return Past(id=number, state=RunState(state), **{**held, **members})


def notebook(folder: Path, name: str, *cells: str) -> Path:
    """`# text` is a heading, `-` an empty cell, all else code."""
    documents = [
        {"cell_type": "markdown" if source.startswith("#") else "code", "id": f"c{n}",
         "source": source.replace("-", "") if source == "-" else source, "metadata": {}}
        for n, source in enumerate(cells)
    ]  # fmt: skip
    path = folder / name
    path.write_text(json.dumps({"cells": documents, "nbformat": 4}))
    return path


def ok(cell: int | None, seconds: float) -> CellTime:
    return CellTime(cell, "ok", seconds)


def test_each_cell_with_what_it_took_by_run(tmp_path: Path) -> None:
    one = notebook(tmp_path, "1", "import pandas", "# Train", "model.fit()", "-")
    runs = [past(3, "failed", cell=2), past(2), past(1)]
    times = {3: [ok(0, 1), CellTime(2, "error", 0.5)], 2: [ok(0, 2), ok(2, 40)],
             1: [ok(0, 4), ok(2, 44)]}  # fmt: skip
    first, second = matrix(runs, runs[1:], times, {1: one})
    assert (first.cell, first.title, first.usual) == (0, "import pandas", 3)
    assert first.seconds == [1, 2, 4]
    assert (second.cell, second.title, second.usual) == (2, "Train", 42)
    assert second.status == ["error", "ok", "ok"]


def test_cells_are_found_again_in_another_version(tmp_path: Path) -> None:
    old = notebook(tmp_path, "1", "a = 1", "gone()", "train(a)")
    new = notebook(tmp_path, "2", "a = 1", "added(1, 2, 3)", "gone()", "train(a)")
    runs = [past(2, version=2), past(1)]
    times = {2: [ok(n, n + 1) for n in range(4)], 1: [ok(0, 10), ok(1, 20), ok(2, 30)]}
    rows = matrix(runs, runs, times, {2: new, 1: old})
    assert [row.seconds for row in rows] == [[1, 10], [2, None], [3, 20], [4, 30]]


def test_injected_parameters_are_no_row_and_runs_may_have_kept_nothing(tmp_path: Path) -> None:
    one = notebook(tmp_path, "1", "a = 1")
    [row] = matrix([past(2), past(1)], [], {2: [ok(None, 1), ok(0, 2)]}, {1: one})
    assert row.seconds == [2, None]
    assert matrix([], [], {}, {}) == []


def test_a_notebook_that_cannot_be_read_leaves_titles_out(tmp_path: Path) -> None:
    (tmp_path / "1").write_text("no notebook")
    [row] = matrix([past(1)], [], {1: [ok(4, 2)]}, {1: tmp_path / "1"})
    assert (row.cell, row.title, row.seconds) == (4, "", [2])


def test_good_runs_say_what_is_usual_however_long_ago(tmp_path: Path) -> None:
    old = notebook(tmp_path, "1", "a = 1")
    new = notebook(tmp_path, "2", "first()", "a = 1")
    told, good = [past(9, "failed", version=2)], [past(2), past(1)]
    times = {9: [ok(1, 99)], 2: [ok(0, 5)], 1: [ok(0, 7)]}
    first, second = matrix(told, good, times, {2: new, 1: old})
    assert (first.usual, second.usual, second.seconds) == (None, 6, [99])
    assert usual_seconds(good) == 10
    assert usual_seconds([]) is None


def test_times_of_cells_from_a_ledger() -> None:
    def entry(kind: str, **data: Any) -> Entry:
        return Entry(1, "", kind, data)

    entries = [
        entry("cell_started", cell=None, number=1, cells=3),
        entry("cell_finished", cell=None, status="ok", duration=0.12345),
        entry("cell_started", cell=2, number=2, cells=3),
        entry("output", cell=2, output={}),
        entry("cell_finished", cell=2, status="error", duration=1),
        entry("cell_started", cell=3, number=3, cells=3),
    ]
    assert cell_times(entries) == (
        CellTime(None, "ok", 0.123),
        CellTime(2, "error", 1.0),
        CellTime(3, "unfinished", 0.0),
    )
