"""Changing the sources of a notebook's cells as a finding proposes, and nothing else."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

import nbformat

from jupyter_deploy.domain.bundle import Edit
from jupyter_deploy.errors import Conflict, InvalidNotebook
from jupyter_deploy.notebook.documents import MAJOR, MINOR, Notebook

#: How far the first member of a JSON text is indented.
_INDENT = re.compile(r'\{\r?\n([ \t]+)"')


def apply_edits(notebook: Notebook, edits: Sequence[Edit]) -> Notebook:
    """The notebook with all edits, each of which refers to it as it is given.

    Raises Conflict when a cell is not as it was when the edits were made.
    """
    for edit in edits:
        _check(notebook, edit)
    after = {edit.cell: edit.after for edit in edits if edit.before is not None}
    cells = []
    for item in _order(len(notebook.cells), edits):
        if isinstance(item, Edit):
            cells.append(_new_cell(notebook, item))
        elif item in after:
            cells.append(Notebook({**notebook.cells[item], "source": after[item]}))
        else:
            cells.append(notebook.cells[item])
    return Notebook({**notebook, "cells": cells})


def origins(cells: int, edits: Sequence[Edit]) -> list[int | None]:
    """For each cell after the edits which it was before; None for a new one."""
    return [None if isinstance(item, Edit) else item for item in _order(cells, edits)]


def _order(cells: int, edits: Sequence[Edit]) -> Iterator[int | Edit]:
    """The cells as they were by index, and the edits that make new ones between them."""
    for index in range(cells + 1):
        yield from (edit for edit in edits if edit.before is None and edit.cell == index)
        if index < cells:
            yield index


def _check(notebook: Notebook, edit: Edit) -> None:
    count = len(notebook.cells)
    if edit.before is None:
        fits = 0 <= edit.cell <= count
    else:
        cell = notebook.cells[edit.cell] if 0 <= edit.cell < count else None
        fits = cell is not None and cell.cell_type == "code" and cell.source == edit.before
    if not fits:
        raise Conflict(
            f"Cell {edit.cell + 1} is not as it was when this change was made for it.",
            field="notebook",
            hint="Save the notebook and have it checked again.",
        )


def _new_cell(notebook: Notebook, edit: Edit) -> Notebook:
    metadata = {"tags": list(edit.tags)} if edit.tags else {}
    cell: Notebook = nbformat.v4.new_code_cell(edit.after, metadata=metadata)
    if notebook.get("nbformat_minor", 0) < MINOR:
        del cell["id"]
    return cell


def edit_file(content: bytes, edits: Sequence[Edit], name: str) -> bytes:
    """The file with all edits; what they do not say stays as it is, written as it was.

    `name` is for the sentences. Raises Conflict as above, or InvalidNotebook for a file that
    would have to become another one first.
    """
    try:
        text = content.decode()
        document = json.loads(text)
        version, cells = document["nbformat"], document["cells"]
        sources = [_joined(cell["source"]) for cell in cells]
        kinds = [cell["cell_type"] for cell in cells]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise _other_form(name) from None
    if version != MAJOR:
        raise _other_form(name)
    plain = Notebook(
        nbformat_minor=document.get("nbformat_minor", 0),
        cells=[
            Notebook(cell_type=kind, source=source, number=number)
            for number, (kind, source) in enumerate(zip(kinds, sources, strict=True))
        ],
    )
    document["cells"] = [_as_held(cell, cells, sources) for cell in apply_edits(plain, edits).cells]
    return _written(document, text).encode()


def _as_held(cell: Notebook, cells: list[Any], sources: list[str]) -> Any:
    number, lines = cell.get("number"), cell.source.splitlines(keepends=True)
    if number is None:
        return {**dict(sorted(cell.items())), "source": lines}
    if cell.source == sources[number]:
        return cells[number]
    whole = isinstance(cells[number]["source"], str)
    return {**cells[number], "source": cell.source if whole else lines}


def _written(document: Any, like: str) -> str:
    """JSON in the form of another text of it."""
    found = _INDENT.match(like)
    written = json.dumps(
        document,
        indent=found[1] if found else None,
        separators=None if found or ": " in like[:1000] else (",", ":"),
        ensure_ascii=like.isascii() and "\\u" in like,
    )
    end = like[len(like.rstrip()) :]
    return (written.replace("\n", "\r\n") if "\r\n" in like else written) + end


def _joined(source: Any) -> str:
    return source if isinstance(source, str) else "".join(source)


def _other_form(name: str) -> InvalidNotebook:
    return InvalidNotebook(
        f"{name} is not in notebook format {MAJOR}, so no cell of it is changed.",
        field="notebook",
        hint="Open it in JupyterLab and save it, then try again.",
    )
