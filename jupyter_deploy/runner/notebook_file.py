"""The notebook of an attempt: read, given its parameters, saved with papermill's conventions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.reader import reads

from jupyter_deploy.durable import whole_file
from jupyter_deploy.notebook.executed import Outputs, write_executed
from jupyter_deploy.runner.task import Task

#: nbclient's tag for cells that are not for running.
SKIP = "skip-execution"
INJECTED = "injected-parameters"


@dataclass(frozen=True)
class Step:
    """A code cell that will run.

    `place` counts in the executed notebook, `index` in the captured one; the
    injected parameters have no index.
    """

    cell: NotebookNode
    place: int
    index: int | None


def read_source(task: Task) -> NotebookNode:
    """The captured notebook without what earlier executions left.

    Raises OSError or ValueError.
    """
    notebook = nbformat.convert(reads(task.notebook.blob.read_text(encoding="utf-8")), 4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    notebook.metadata["papermill"] = {}
    return notebook  # type: ignore[no-any-return]


def planned(notebook: NotebookNode, task: Task) -> int:
    """How many steps `steps_of` will give; at once."""
    again = any(_will_run(cell) and INJECTED in _tags(cell) for cell in notebook.cells)
    return sum(map(_will_run, notebook.cells)) + (1 if task.parameters and not again else 0)


def steps_of(notebook: NotebookNode, task: Task) -> tuple[NotebookNode, list[Step]]:
    """The notebook with its parameters injected, and what to run of it."""
    captured = {id(cell): index for index, cell in enumerate(notebook.cells)}
    if task.parameters:
        notebook = _with_parameters(notebook, task)
    steps = [
        Step(cell, place, captured.get(id(cell)))
        for place, cell in enumerate(notebook.cells)
        if _will_run(cell)
    ]
    for step in steps:
        step.cell.metadata["papermill"] = {"status": "pending", "exception": None}
    return notebook, steps


def _will_run(cell: NotebookNode) -> bool:
    return cell.cell_type == "code" and bool(cell.source.strip()) and SKIP not in _tags(cell)


def _tags(cell: NotebookNode) -> Sequence[str]:
    tags: Sequence[str] = cell.metadata.get("tags", ())
    return tags


def allows_errors(cell: NotebookNode) -> bool:
    return "raises-exception" in _tags(cell)


def _with_parameters(notebook: NotebookNode, task: Task) -> NotebookNode:
    for cell in notebook.cells:
        cell.metadata.setdefault("tags", [])  # papermill takes them for granted
    # Slow to import; loaded while the kernel starts, and only if there are parameters.
    from papermill.parameterize import parameterize_notebook

    import jupyter_deploy.notebook.translators  # noqa: F401 (papermill's, completed)

    return parameterize_notebook(  # type: ignore[no-any-return]
        notebook, task.parameters, kernel_name=task.kernel, language=task.language
    )


def mark_cell(cell: NotebookNode, status: str, began: datetime) -> None:
    """Papermill's metadata of a cell that has run."""
    ended = datetime.now(timezone.utc)
    cell.metadata["papermill"] = {
        "status": status,
        "exception": status == "failed",
        "start_time": began.isoformat(),
        "end_time": ended.isoformat(),
        "duration": round((ended - began).total_seconds(), 6),
    }


def mark_notebook(notebook: NotebookNode, task: Task, began: datetime, failed: bool) -> None:
    """Papermill's metadata of the whole."""
    ended = datetime.now(timezone.utc)
    notebook.metadata["papermill"] = {
        "parameters": task.parameters,
        "default_parameters": {},
        "environment_variables": {},
        "input_path": task.notebook.path,
        "output_path": "output.ipynb",
        "start_time": began.isoformat(),
        "end_time": ended.isoformat(),
        "duration": round((ended - began).total_seconds(), 6),
        "exception": True if failed else None,
    }


def save(notebook: NotebookNode, outputs: Outputs, path: Path) -> None:
    """At any instant the file is absent or whole. Raises OSError."""
    with whole_file(path) as file:
        write_executed(file, notebook, outputs)


def never_ran(steps: Sequence[Step]) -> list[int]:
    return [step.index for step in steps if step.index is not None]


def describe_language(notebook: NotebookNode, info: dict[str, Any]) -> None:
    """What viewers need to colour the code."""
    if info.get("language_info"):
        notebook.metadata["language_info"] = info["language_info"]
