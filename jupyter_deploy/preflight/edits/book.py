"""A notebook as those see it who change it, and changes of several of its cells."""

from __future__ import annotations

import ast
import builtins
import keyword
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from jupyter_deploy.domain.bundle import Edit
from jupyter_deploy.notebook.documents import Notebook
from jupyter_deploy.notebook.parameters import TAG
from jupyter_deploy.preflight.aliases import Aliases
from jupyter_deploy.preflight.cells import MAY_FAIL, Cell
from jupyter_deploy.preflight.edits.rewriting import Rewriting, UncertainError
from jupyter_deploy.preflight.flow import UNKNOWN, flow
from jupyter_deploy.preflight.magics import is_certain, magics
from jupyter_deploy.preflight.parameters import OBSCURE
from jupyter_deploy.preflight.place import Place

#: What binds its `name`.
_NAMED = (
    *(ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef),
    *(ast.ExceptHandler, ast.MatchAs, ast.MatchStar),
)


@dataclass(frozen=True)
class Book:
    """`cells` are those that a run executes."""

    notebook: Notebook
    cells: Sequence[Cell]
    place: Place

    def cell(self, index: int | None) -> Cell:
        """Raises UncertainError."""
        for cell in self.cells:
            if cell.index == index:
                return cell
        raise UncertainError

    def holder(self, node: ast.AST) -> Cell:
        """The cell that the node is of. Raises UncertainError."""
        for cell in self.cells:
            if any(item is node for item in cell.nodes):
                return cell
        raise UncertainError

    @cached_property
    def aliases(self) -> Aliases:
        return Aliases(self.cells)

    @cached_property
    def _bound(self) -> Counter[str]:
        nodes = (node for cell in self.cells for node in ast.walk(cell.tree))
        return Counter(name for node in nodes for name in _bound(node))

    def binds(self, name: str) -> int:
        """How often it gets a value, whatever kind of."""
        return self._bound[name]

    def knows(self, name: str) -> bool:
        """Whether the name stands anywhere, in texts and comments too."""
        word = re.compile(rf"\b{re.escape(name)}\b")
        return any(word.search(cell.source) for cell in self.notebook.cells)

    def quotes(self, name: str) -> bool:
        """Whether the name stands in quotes anywhere, as variables of the environment do."""
        quoted = re.compile(rf"['\"]{re.escape(name)}['\"]")
        return any(quoted.search(cell.source) for cell in self.notebook.cells)

    def free_name(self, wanted: str) -> str:
        """The name, or the like, that is used nowhere."""
        plain = re.sub(r"\W+", "_", wanted, flags=re.ASCII).strip("_").lower() or "given"
        plain = plain if plain.isidentifier() else f"given_{plain}"
        names = [plain, *(f"{plain}_{number}" for number in range(2, 100))]
        for name in names:
            taken = keyword.iskeyword(name) or hasattr(builtins, name)
            if not taken and not self.knows(name):
                return name
        raise UncertainError

    def is_constant(self, cell: Cell, node: ast.AST | None) -> bool:
        """Whether it gives a name its only value, wherever it stands."""
        target = target_of(node)
        named = target is not None and not self.is_open and self.binds(target.id) == 1
        return named and any(item is node for item in cell.tree.body)

    @cached_property
    def is_open(self) -> bool:
        """Whether names may get values that stand nowhere: `import *`, `%run`, `exec`, …"""
        return any(map(is_open, self.cells))

    @property
    def parameters(self) -> Cell | None:
        """The cell after which given values are set. Raises UncertainError when it is no code."""
        for index, cell in enumerate(self.notebook.cells):
            if TAG in cell.metadata.get("tags", ()):
                return self.cell(index)
        return None


class Changes:
    """Of one finding, all of them of the notebook as it is."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._rewritings: dict[int, Rewriting] = {}
        self._importing: set[int] = set()
        self._new: dict[int, tuple[list[str], tuple[str, ...]]] = {}

    def of(self, cell: Cell) -> Rewriting:
        if cell.index not in self._rewritings:
            self._rewritings[cell.index] = Rewriting(cell)
        return self._rewritings[cell.index]

    def add_parameter(self, line: str, user: Cell) -> None:
        """At the end of the parameters cell, or in a new one before all code.

        Raises UncertainError when the cell that needs it comes before.
        """
        cell = self._book.parameters
        if cell is not None:
            if cell.index >= user.index:
                raise UncertainError
            self.of(cell).put_last(line)
        else:
            kinds = [item.cell_type for item in self._book.notebook.cells]
            self._add(kinds.index("code"), line, (TAG,))

    def add_cell(self, index: int, line: str) -> None:
        """One more line of a new cell before this index."""
        self._add(index, line, ())

    def _add(self, index: int, line: str, tags: tuple[str, ...]) -> None:
        lines, _ = self._new.setdefault(index, ([], tags))
        if line not in lines:
            lines.append(line)

    def import_os(self, cell: Cell, node: ast.AST) -> None:
        """See that `os` is there where the node is."""
        imports = [found for item in self._book.cells for found in _imports_of_os(item)]
        if len(imports) != self._book.binds("os"):  # it may be something else, or only elsewhere
            raise UncertainError
        if not any(item is None or item in imports for item in self._before(cell, node)):
            self.of(cell).put_first("import os")
            self._importing.add(cell.index)

    def _before(self, cell: Cell, node: ast.AST) -> Iterator[ast.stmt | None]:
        """Statements that have run well when the node runs; None for an import that comes."""
        holders = [parent for parent, _ in cell.above(node)]
        for item in self._book.cells:
            if item is cell or MAY_FAIL not in item.tags:
                yield from [None] if item.index in self._importing else []
                for statement in item.tree.body:
                    if statement in holders:
                        return
                    yield statement

    def edits(self) -> tuple[Edit, ...]:
        """Raises UncertainError."""
        new = [
            Edit(index, None, "\n".join(lines), tags) for index, (lines, tags) in self._new.items()
        ]
        found = [*new, *(item.edit() for item in self._rewritings.values())]
        return tuple(sorted(found, key=lambda edit: (edit.cell, edit.before is not None)))


def target_of(node: ast.AST | None) -> ast.Name | None:
    """The one name that an assignment gives its value."""
    if isinstance(node, ast.Assign):
        target = node.targets[0] if len(node.targets) == 1 else None
    else:
        target = node.target if isinstance(node, ast.AnnAssign) and node.value else None
    return target if isinstance(target, ast.Name) else None


def is_open(cell: Cell) -> bool:
    certain = cell.known and all(map(is_certain, magics(cell.nodes)))
    events = flow(cell.tree.body) if certain else ()
    return not certain or any(
        event.kind == UNKNOWN or bool({event.name, *event.names} & OBSCURE) for event in events
    )


def _bound(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
        yield node.id
    elif isinstance(node, ast.arg):
        yield node.arg
    elif isinstance(node, _NAMED) and node.name:
        yield node.name
    elif isinstance(node, (ast.Import, ast.ImportFrom)):
        for alias in node.names:
            yield alias.asname or alias.name.partition(".")[0]


def _imports_of_os(cell: Cell) -> list[ast.stmt]:
    """Of the cell's own level."""
    return [
        item
        for item in cell.tree.body
        if isinstance(item, ast.Import) and any(map(_is_os, item.names))
    ]


def _is_os(alias: ast.alias) -> bool:
    return alias.name == "os" or (alias.name == "os.path" and alias.asname is None)
