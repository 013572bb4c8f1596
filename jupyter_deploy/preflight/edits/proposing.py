"""Which findings a change of the notebook takes away, and which change.

Whatever makes the changes, they are proven: the notebook is checked once more with them, and
must have one finding less and no other.
"""

from __future__ import annotations

import glob
import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import islice
from pathlib import Path

from jupyter_deploy.domain.bundle import Edit, Finding, PossibleParameter
from jupyter_deploy.notebook.editing import apply_edits, origins
from jupyter_deploy.notebook.parameters import inspect_parameters
from jupyter_deploy.preflight.cells import read_cells
from jupyter_deploy.preflight.edits.book import Book
from jupyter_deploy.preflight.edits.derived import edit_derived
from jupyter_deploy.preflight.edits.paths import edit_paths
from jupyter_deploy.preflight.edits.questions import edit_questions
from jupyter_deploy.preflight.edits.rewriting import UncertainError
from jupyter_deploy.preflight.edits.secrets import edit_secrets
from jupyter_deploy.preflight.edits.values import edit_values, edits_for, plain_values
from jupyter_deploy.preflight.faults import find_faults
from jupyter_deploy.preflight.place import Place

Action = dict[str, list[str]]
_MAKERS: dict[str, Callable[[Book, Finding], tuple[tuple[Edit, ...], Action | None]]] = {
    "secret_in_source": edit_secrets,
    "absolute_path": edit_paths,
    "derived_value_stale": edit_derived,
    "asks_input": edit_questions,
    "no_parameters_cell": edit_values,
}
#: Each of them has the notebook checked again: so many of one finding after another, and so
#: many characters in all.
MOST, MOST_CHARACTERS = 12, 1_500_000
#: Nothing that goes wrong with a proposal may keep a notebook out of production.
_ODD = (UncertainError, RecursionError, MemoryError, OSError, ValueError)
_MOST_FILES = 2000


def with_edits(book: Book, findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """The findings, with edits where a change of the notebook is certain."""
    found, left = [], _most(book)
    for finding in findings:
        if finding.cause in _MAKERS and left:
            left -= 1
            found.append(_proposed(book, finding, findings))
        else:
            found.append(finding)
    return tuple(found)


def possible_parameters(book: Book, findings: Sequence[Finding]) -> tuple[PossibleParameter, ...]:
    """Values that the notebook sets and could be given, each with the change that makes it so."""
    found: list[PossibleParameter] = []
    with suppress(*_ODD):
        for name, cell, value in islice(plain_values(book), _most(book)):
            with suppress(*_ODD):
                edits = edits_for(book, name)
                proposal = Finding("no_parameters_cell", None, "", None, edits=edits)
                if _is_better(_after(book, proposal), proposal, findings):
                    found.append(PossibleParameter(name, value, cell.index, edits))
    return tuple(found)


def _most(book: Book) -> int:
    """How often the notebook may be checked once more."""
    size = sum(len(cell.source) for cell in book.cells) + 1
    return min(MOST, MOST_CHARACTERS // size)


def _proposed(book: Book, finding: Finding, findings: Sequence[Finding]) -> Finding:
    with suppress(*_ODD):
        edits, action = _MAKERS[finding.cause](book, finding)
        proposal = replace(finding, edits=edits, action=action)
        after = _after(book, proposal)
        needed = _files_of(after, findings)
        if needed:
            proposal = replace(proposal, action={**(action or {}), "files": needed})
            after = _after(book, proposal)
        if _is_better(after, finding, findings):
            return proposal
    return finding


def _after(book: Book, proposal: Finding) -> list[Finding]:
    """What is found when the proposal was accepted, at the cells as they were; new cells are -1."""
    notebook = apply_edits(book.notebook, proposal.edits)
    place = _with(book.place, proposal.action or {})
    parameters, _ = inspect_parameters(notebook, "python3", "python")
    before = origins(len(book.notebook.cells), proposal.edits)
    found = []
    for item in find_faults(read_cells(notebook), parameters, place):
        origin = None if item.cell is None else before[item.cell]
        found.append(replace(item, cell=-1 if origin is None else origin))
    return found


def _is_better(after: Sequence[Finding], finding: Finding, findings: Sequence[Finding]) -> bool:
    known = {(item.cause, item.cell) for item in findings} - {(finding.cause, finding.cell)}
    return all((item.cause, item.cell) in known for item in after)


def _files_of(after: Sequence[Finding], findings: Sequence[Finding]) -> list[str]:
    """What is read in the project now and does not come along yet."""
    said = {item.message for item in findings}
    new = [item for item in after if item.cause == "data_file" and item.message not in said]
    return list(dict.fromkeys(name for item in new for name in (item.action or {})["files"]))


def _with(place: Place, action: Action) -> Place:
    """As if the action had been taken."""
    taken = {name for pattern in action.get("files", ()) for name in _taken(place, pattern)}
    return replace(
        place,
        taken=place.taken | taken,
        variables=place.variables | {*action.get("secrets", ())},
    )


def _taken(place: Place, pattern: str) -> list[str]:
    path = place.base / pattern
    names = glob.iglob(str(path / "**" if path.is_dir() else path), recursive=True)
    found = [Path(name) for name, _ in zip(names, range(_MOST_FILES), strict=False)]
    found += [path]  # whose own name may look like a pattern
    below = [os.path.relpath(item, place.root) for item in found if item.is_file()]
    return [Path(name).as_posix() for name in below]
