"""The same notebook twice gives no difference; each seeded change is told, and nothing else."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

import nbformat
import pytest

from tests.oracle import seeded
from tests.oracle.conftest import Tally

SECTIONS = ("metrics", "tables", "images", "texts", "errors")
pytestmark = pytest.mark.timeout(300)


def execute(folder: Path, notebook: nbformat.NotebookNode) -> Path:
    """The executed notebook, from a runner of its own."""
    folder.mkdir()
    (folder / "lock").touch()
    (folder / "blob").write_text(nbformat.writes(notebook), encoding="utf-8")
    task = {
        "run_id": 1, "fence": 1, "deployment": "oracle", "version": 1,
        "notebook": {"path": "oracle.ipynb", "blob": str(folder / "blob")}, "files": [],
        "kernel": "python3", "language": "python", "parameters": {}, "caps": {},
        "timeouts": {"kernel_start": 60, "cell": None, "run": None},
    }  # fmt: skip
    (folder / "task.json").write_text(json.dumps(task))
    command = [sys.executable, "-m", "jupyter_deploy.runner", str(folder)]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL, timeout=200)
    last = json.loads((folder / "ledger.jsonl").read_text().splitlines()[-1])
    assert last["outcome"] == "completed", last
    return folder / "output.ipynb"


def compare(old: Path, new: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "jupyter_deploy.results", str(old), str(new)]
    done = subprocess.run(command, input=b"{}", capture_output=True, check=True, timeout=100)
    document: dict[str, Any] = json.loads(done.stdout)
    return document


def told(document: dict[str, Any]) -> dict[int, set[str]]:
    """Sections with a change, by cell; both notebooks have the same cells."""
    found: dict[int, set[str]] = defaultdict(set)
    for section in SECTIONS:
        for change in document[section]:
            cell = change["cell_a"] if change["cell_b"] is None else change["cell_b"]
            found[cell].add(section)
    return found


@pytest.mark.parametrize("name", seeded.names())
def test_changes_are_told_and_nothing_else(name: str, tmp_path: Path, tally: Tally) -> None:
    notebook = seeded.load(name)
    first = execute(tmp_path / "first", notebook.plain)
    twice = compare(first, execute(tmp_path / "again", notebook.plain))
    tally.hidden += twice["hidden"]["count"]
    noise = [f"{name}, again: cell {cell} {sections}" for cell, sections in told(twice).items()]

    found = told(compare(first, execute(tmp_path / "seeded", notebook.changed)))
    wanted = {cell: section for cell, section in notebook.expected.items() if section != "nothing"}
    right = {cell for cell, section in wanted.items() if section in found[cell] | _any(found[cell])}
    missed = [f"{name}: cell {cell} {wanted[cell]}" for cell in wanted.keys() - right]
    noise += [f"{name}: cell {cell} {found[cell]}" for cell in found.keys() - wanted.keys()
              if found[cell]]  # fmt: skip

    tally.found += len(right)
    tally.missed += missed
    tally.noise += noise
    assert not missed, missed
    assert not noise, noise


def _any(sections: set[str]) -> set[str]:
    return {"any"} if sections else set()
