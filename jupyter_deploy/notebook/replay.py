"""The executed notebook from its source and the ledger, for a runner that died."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import nbformat

from jupyter_deploy.domain.ledger import Entry
from jupyter_deploy.notebook.documents import Notebook, dump_notebook
from jupyter_deploy.notebook.streams import extend


def rebuild_file(task: Path, entries: Iterable[Entry]) -> bytes:
    """The notebook of this task with the ledger's outputs.

    Raises OSError or ValueError when task or source cannot be read.
    """
    blob = json.loads(task.read_text(encoding="utf-8"))["notebook"]["blob"]
    source = nbformat.reads(Path(blob).read_text(encoding="utf-8"), as_version=4)
    return dump_notebook(rebuild(source, entries))


def rebuild(source: Notebook, entries: Iterable[Entry]) -> Notebook:
    """`source` with the outputs that the entries tell of; changed in place."""
    for entry in entries:
        index = entry.data.get("cell")
        if index is None or not 0 <= index < len(source.cells):
            continue
        cell = source.cells[index]
        if entry.kind == "output":
            _add(cell.outputs, entry.data["output"])
        elif entry.kind == "clear_output":
            cell.outputs = []
    return source


def _add(outputs: list[Any], output: dict[str, Any]) -> None:
    last = outputs[-1] if outputs else None
    if (
        last is not None
        and output["output_type"] == "stream" == last["output_type"]
        and output["name"] == last["name"]
    ):
        last["text"] = extend(last["text"], output["text"])
    else:
        outputs.append(nbformat.from_dict(output))
