"""All findings of a Python notebook, with the changes of it that would take them away."""

from __future__ import annotations

from collections.abc import Sequence

from jupyter_deploy.domain.bundle import Finding, Parameter, PossibleParameter
from jupyter_deploy.notebook.documents import Notebook
from jupyter_deploy.preflight.cells import read_cells
from jupyter_deploy.preflight.edits.book import Book
from jupyter_deploy.preflight.edits.proposing import possible_parameters, with_edits
from jupyter_deploy.preflight.faults import find_faults
from jupyter_deploy.preflight.place import Place


def check(notebook: Notebook, parameters: Sequence[Parameter], place: Place) -> tuple[Finding, ...]:
    """What would make it fail in production, in the order of its cells; nothing is executed."""
    return find_faults(read_cells(notebook), parameters, place)


def propose(
    notebook: Notebook, parameters: Sequence[Parameter], place: Place
) -> tuple[tuple[Finding, ...], tuple[PossibleParameter, ...]]:
    """The same with edits where a change of the notebook helps, and what could be a parameter."""
    cells = read_cells(notebook)
    faults, book = find_faults(cells, parameters, place), Book(notebook, cells, place)
    return with_edits(book, faults), possible_parameters(book, faults)
