"""Changing the sources of a notebook's cells as a finding proposes, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import nbformat

from jupyter_deploy.domain.bundle import Edit
from jupyter_deploy.errors import Conflict
from jupyter_deploy.notebook.documents import MINOR, Notebook


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
