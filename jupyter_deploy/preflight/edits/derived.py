"""What is computed from parameters is computed after given values are set."""

from __future__ import annotations

import ast

from jupyter_deploy.domain.bundle import Edit, Finding
from jupyter_deploy.preflight.edits.book import Book, Changes, is_open
from jupyter_deploy.preflight.edits.rewriting import UncertainError
from jupyter_deploy.preflight.parameters import stale_names


def edit_derived(book: Book, finding: Finding) -> tuple[tuple[Edit, ...], None]:
    """Raises UncertainError."""
    cell, changes = book.cell(finding.cell), Changes(book)
    if is_open(cell):
        raise UncertainError
    after = [item for item in book.cells if item.index > cell.index]
    moved = set(stale_names(cell, after))
    staying: set[str] = set()
    reading: set[str] = set()
    for statement in cell.tree.body:
        read, bound = _names(statement, ast.Load), _names(statement, ast.Store)
        if not moved & (read | bound):
            staying |= bound
            if bound & reading:
                raise UncertainError  # another value than the one that was read
            continue
        if not isinstance(statement, (ast.Assign, ast.AnnAssign, ast.Expr)) or bound & staying:
            raise UncertainError
        moved |= bound
        reading |= read - moved
        changes.add_cell(cell.index + 1, changes.of(cell).remove(statement))
    return changes.edits(), None


def _names(statement: ast.stmt, kind: type[ast.expr_context]) -> set[str]:
    names = [item for item in ast.walk(statement) if isinstance(item, ast.Name)]
    return {item.id for item in names if isinstance(item.ctx, kind)}
