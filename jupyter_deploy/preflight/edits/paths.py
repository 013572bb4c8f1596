"""A path of one machine becomes a relative one, or a parameter."""

from __future__ import annotations

import ast
import os
import re
from pathlib import Path

from jupyter_deploy.domain.bundle import Edit, Finding
from jupyter_deploy.notebook.parameters import TAG
from jupyter_deploy.preflight.cells import Cell
from jupyter_deploy.preflight.edits.book import Book, Changes
from jupyter_deploy.preflight.edits.rewriting import UncertainError
from jupyter_deploy.preflight.files import foreign_paths, is_moved
from jupyter_deploy.preflight.literals import beginning, constants
from jupyter_deploy.preflight.place import Place


def edit_paths(book: Book, finding: Finding) -> tuple[tuple[Edit, ...], None]:
    """Raises UncertainError."""
    known, changes = constants(book.cells), Changes(book)
    literals: dict[ast.Constant, str] = {}
    for item in foreign_paths(book.cells, book.place, finding.cell):
        literal = beginning(item.path, known) if item.path else None
        text = str(literal.value) if literal else ""
        if literal is None or not item.text.startswith(text.rstrip("/\\")):
            raise UncertainError
        literals[literal] = text
    names: dict[str, str] = {}
    for literal, text in literals.items():
        cell = book.holder(literal)
        relative = _relative(text, book.place)
        if relative is None:
            _make_parameter(book, changes, cell, literal, names)
        elif is_moved(book.cells):
            raise UncertainError
        else:
            changes.of(cell).replace(literal, _quoted(relative, changes.of(cell).text_of(literal)))
    return changes.edits(), None


def _relative(text: str, place: Place) -> str | None:
    """From the notebook's folder, of what lies in the project; None of anything else."""
    if not Path(text).is_absolute():
        return None
    path = Path(os.path.realpath(text))
    if not path.is_relative_to(place.root):
        return None
    if not path.exists():
        raise UncertainError  # nobody knows what is meant
    relative = Path(os.path.relpath(path, place.folder)).as_posix()
    return f"{relative}/" if text.endswith("/") else relative


def _quoted(text: str, literal: str) -> str:
    """In the quotes that the author uses."""
    quote = literal[-1]
    plain = quote not in text and "\\" not in text and text.isprintable()
    return f"{quote}{text}{quote}" if plain else repr(text)


def _make_parameter(
    book: Book, changes: Changes, cell: Cell, literal: ast.Constant, names: dict[str, str]
) -> None:
    """An assignment moves into the parameters cell; for any other use a name is made."""
    rewriting = changes.of(cell)
    holder = next((parent for parent, _ in cell.above(literal)), None)
    if TAG not in cell.tags and book.is_constant(cell, holder):
        assert isinstance(holder, ast.stmt)
        changes.add_parameter(rewriting.remove(holder), cell)
        return
    text, given = str(literal.value), _given(book, str(literal.value))
    if text not in names:
        names[text] = given or _new_name(book, text, names)
    if not given:
        changes.add_parameter(f"{names[text]} = {rewriting.text_of(literal)}", cell)
    rewriting.replace(literal, names[text])


def _given(book: Book, text: str) -> str | None:
    """The parameter that has this value already."""
    cell = book.parameters
    for name, value in constants([cell] if cell else []).items():
        if isinstance(value, ast.Constant) and value.value == text and book.binds(name) == 1:
            return name
    return None


def _new_name(book: Book, text: str, names: dict[str, str]) -> str:
    """After the file: `prices_path`."""
    last = re.split(r"[\\/]", text.rstrip("\\/"))[-1].lstrip(".~") or "given"
    name = book.free_name(f"{last.partition('.')[0]}_path")
    while name in names.values():
        name = book.free_name(f"{name}_too")
    return name
