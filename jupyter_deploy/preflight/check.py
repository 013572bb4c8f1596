"""All findings of a Python notebook, with the changes of it that would take them away."""

from __future__ import annotations

from collections.abc import Sequence

from jupyter_deploy.domain.bundle import Finding, Parameter
from jupyter_deploy.notebook.documents import Notebook
from jupyter_deploy.preflight.cells import read_cells
from jupyter_deploy.preflight.edits.book import Book
from jupyter_deploy.preflight.edits.proposing import with_edits
from jupyter_deploy.preflight.faults import find_faults
from jupyter_deploy.preflight.place import Place


def check(
    notebook: Notebook, parameters: Sequence[Parameter], place: Place, *, propose: bool
) -> tuple[Finding, ...]:
    """What would make it fail in production, in the order of its cells; nothing is executed.

    With `propose` findings have edits where a change of the notebook helps.
    """
    cells = read_cells(notebook)
    faults = find_faults(cells, parameters, place)
    return with_edits(Book(notebook, cells, place), faults) if propose else faults
