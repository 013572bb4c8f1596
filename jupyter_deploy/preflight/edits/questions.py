"""What a person is asked for becomes a parameter, and a password a variable of the environment."""

from __future__ import annotations

import ast

from jupyter_deploy.domain.bundle import Edit, Finding
from jupyter_deploy.preflight.cells import Cell
from jupyter_deploy.preflight.edits.book import Book, Changes
from jupyter_deploy.preflight.edits.rewriting import UncertainError
from jupyter_deploy.preflight.edits.secrets import free_secret, variable
from jupyter_deploy.preflight.questions import PLAIN, SECRET, asked

#: What the answer is turned into, and what stands for no answer.
_EMPTY = {"": '""', "str": '""', "int": "0", "float": "0.0"}


def edit_questions(
    book: Book, finding: Finding
) -> tuple[tuple[Edit, ...], dict[str, list[str]] | None]:
    """Raises UncertainError."""
    cell, changes = book.cell(finding.cell), Changes(book)
    secrets: list[str] = []
    for statement in cell.tree.body:
        if not any(asked(node, book.aliases) for node in ast.walk(statement)):
            continue
        name, value = _assigned(book, statement)
        if asked(value, book.aliases) in SECRET:
            secret = free_secret(book, name, {*secrets})
            changes.import_os(cell, value)
            changes.of(cell).replace(value, variable(secret))
            secrets.append(secret)
        else:
            _make_parameter(book, changes, cell, statement, value)
    return changes.edits(), {"secrets": secrets} if secrets else None


def _assigned(book: Book, statement: ast.stmt) -> tuple[str, ast.expr]:
    """The name that gets the answer, and from where."""
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        target = statement.targets[0]
    elif isinstance(statement, ast.AnnAssign):
        target = statement.target
    else:
        raise UncertainError
    if not isinstance(target, ast.Name) or statement.value is None or book.binds(target.id) != 1:
        raise UncertainError
    return target.id, statement.value


def _make_parameter(
    book: Book, changes: Changes, cell: Cell, statement: ast.stmt, value: ast.expr
) -> None:
    empty = _EMPTY[_kind(book, value)]
    if book.parameters is cell:
        changes.of(cell).replace(value, empty)
        return
    if book.is_open:
        raise UncertainError
    before = ast.unparse(statement)
    changes.of(cell).remove(statement)
    changes.add_parameter(f"{before.removesuffix(ast.unparse(value))}{empty}", cell)


def _kind(book: Book, value: ast.expr) -> str:
    """`int` of `int(input())`, nothing of `input()`."""
    if asked(value, book.aliases) in PLAIN:
        return ""
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and len(value.args) == 1:
        plain = not value.keywords and value.func.id in _EMPTY and not book.binds(value.func.id)
        if plain and asked(value.args[0], book.aliases) in PLAIN:
            return value.func.id
    raise UncertainError
