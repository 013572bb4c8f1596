"""A value that a cell sets becomes a parameter."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator

from jupyter_deploy.domain.bundle import Edit, Finding
from jupyter_deploy.notebook.parameters import TAG
from jupyter_deploy.preflight.cells import Cell
from jupyter_deploy.preflight.edits.book import Book, Changes, target_of
from jupyter_deploy.preflight.edits.rewriting import UncertainError


def edit_values(book: Book, finding: Finding) -> tuple[tuple[Edit, ...], None]:
    """All that are to be given. Raises UncertainError."""
    del finding  # it is of the notebook as a whole
    return edits_for(book, *sorted(book.place.given)), None


def edits_for(book: Book, *names: str) -> tuple[Edit, ...]:
    """Move the assignments of these names into the parameters cell. Raises UncertainError."""
    changes, found = Changes(book), {name: (cell, node) for name, cell, node, _ in _plain(book)}
    for name in names:
        if name not in found:
            raise UncertainError
        cell, node = found[name]
        changes.add_parameter(changes.of(cell).remove(node), cell)
    return changes.edits()


def plain_values(book: Book) -> Iterator[tuple[str, Cell, str]]:
    """Names that get one plain value in all of the notebook, where, and the value's source."""
    for name, cell, _, value in _plain(book):
        yield name, cell, ast.unparse(value)


def _plain(book: Book) -> Iterator[tuple[str, Cell, ast.stmt, ast.expr]]:
    for cell in book.cells:
        for node in cell.tree.body if TAG not in cell.tags else ():
            target = target_of(node)
            if target is not None and book.is_constant(cell, node):
                assert isinstance(node, (ast.Assign, ast.AnnAssign))
                if _is_plain(node.value):
                    assert node.value is not None
                    yield target.id, cell, node, node.value


def _is_plain(value: ast.expr | None) -> bool:
    """Whether it is JSON, as parameters are."""
    try:
        found = ast.literal_eval(value) if value is not None else None
        return found is not None and json.loads(json.dumps(found, allow_nan=False)) == found
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return False
