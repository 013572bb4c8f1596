"""The code cells of a notebook as syntax trees, whatever they hold."""

from __future__ import annotations

import ast
import re
import warnings
from collections import deque
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, replace
from functools import cached_property

from jupyter_deploy.notebook.documents import Notebook
from jupyter_deploy.preflight.magics import inlined, is_automagic, is_foreign, named_by

#: A cell of more characters is data, and would take seconds.
LARGEST = 300_000
SKIP, MAY_FAIL = "skip-execution", "raises-exception"
_WORD = re.compile(r"\w+")
_ODD = (SyntaxError, ValueError, RecursionError, MemoryError)


@dataclass(frozen=True)
class Cell:
    """`index` is that among all cells; `tree` is empty when the source is no Python.

    `error` says why it is none; without one the cell is for another language. `unused` are
    functions that no code of the notebook mentions.
    """

    index: int
    source: str
    tags: frozenset[str]
    tree: ast.Module
    known: bool
    error: str | None
    unused: frozenset[str] = frozenset()

    @cached_property
    def nodes(self) -> list[ast.AST]:
        """Those that may run: none below `if False:` or in unused functions."""
        return list(_alive(self.tree, self.unused))

    @cached_property
    def _parents(self) -> dict[ast.AST, ast.AST]:
        nodes = ast.walk(self.tree)
        return {child: parent for parent in nodes for child in ast.iter_child_nodes(parent)}

    def above(self, node: ast.AST) -> Iterator[tuple[ast.AST, ast.AST]]:
        """Each node that holds this one, the nearest first, and through which child."""
        while (parent := self._parents.get(node)) is not None:
            yield parent, node
            node = parent

    def forgives(self, node: ast.AST, *errors: str) -> bool:
        """Whether the node stands in a `try` that catches one of these errors, or all."""
        return any(
            isinstance(parent, ast.Try) and child in parent.body and catches(parent, errors)
            for parent, child in self.above(node)
        ) or any(
            isinstance(parent, ast.With) and _suppresses(parent, errors)
            for parent, _ in self.above(node)
        )


def read_cells(notebook: Notebook) -> list[Cell]:
    """Those that a run executes, in their order."""
    cells = [
        _cell(index, cell.source, frozenset(cell.metadata.get("tags", ())))
        for index, cell in enumerate(notebook.cells)
        if cell.cell_type == "code"
    ]
    executed = [cell for cell in cells if SKIP not in cell.tags]
    unused = frozenset(_unused(executed))
    return [replace(cell, unused=unused) for cell in executed] if unused else executed


def _unused(cells: Sequence[Cell]) -> set[str]:
    """Plain functions that nothing which may run mentions, unless some cell may do anything."""
    if not all(cell.known for cell in cells):
        return set()
    defined = {
        node.name
        for cell in cells
        for node in cell.tree.body
        if isinstance(node, ast.FunctionDef) and not node.decorator_list
    }
    unused: set[str] = set()
    while True:  # a function that only an unused one calls is unused as well
        alive = (node for cell in cells for node in _alive(cell.tree, unused))
        left = defined - {word for node in alive for word in _mentioned(node)}
        if left == unused:
            return unused
        unused = left


def _mentioned(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Name):
        return [node.id]
    if isinstance(node, ast.Attribute):
        return [node.attr]
    text = node.value if isinstance(node, ast.Constant) else None
    return _WORD.findall(text) if isinstance(text, str) else []


def catches(node: ast.Try, errors: tuple[str, ...]) -> bool:
    """Whether it has an answer to one of the errors, which is none where it raises again."""
    for handler in node.handlers:
        if isinstance(handler.body[-1], ast.Raise):
            continue
        if handler.type is None:
            return True
        named = {ast.unparse(item).rpartition(".")[2] for item in _several(handler.type)}
        if named & {*errors, "Exception", "BaseException"}:
            return True
    return False


def _suppresses(node: ast.With, errors: tuple[str, ...]) -> bool:
    for item in node.items:
        call = item.context_expr
        if isinstance(call, ast.Call) and ast.unparse(call.func).endswith("suppress"):
            named = {ast.unparse(argument).rpartition(".")[2] for argument in call.args}
            if named & {*errors, "Exception", "BaseException"}:
                return True
    return False


def _several(expression: ast.expr) -> list[ast.expr]:
    return expression.elts if isinstance(expression, ast.Tuple) else [expression]


def _alive(tree: ast.AST, unused: Set[str]) -> Iterator[ast.AST]:
    waiting = deque([tree])
    while waiting:
        node = waiting.popleft()
        yield node
        if isinstance(node, ast.FunctionDef) and node.name in unused:
            continue
        if isinstance(node, (ast.If, ast.While)) and is_never(node.test):
            waiting.extend(node.orelse)
        else:
            waiting.extend(ast.iter_child_nodes(node))


def is_never(test: ast.expr) -> bool:
    return isinstance(test, ast.Constant) and not test.value


def _cell(index: int, source: str, tags: frozenset[str]) -> Cell:
    empty = ast.Module(body=[], type_ignores=[])
    if len(source) > LARGEST:
        return Cell(index, source, tags, empty, False, None)
    if is_foreign(source):
        return Cell(index, source, tags, named_by(source), True, None)
    try:
        return Cell(index, source, tags, _parse(source), True, None)
    except SyntaxError as error:
        return Cell(index, source, tags, empty, False, _said(error))
    except _ODD:
        return Cell(index, source, tags, empty, False, None)


def _said(error: SyntaxError) -> str:
    place = f" (line {error.lineno})" if error.lineno else ""
    return f"{error.msg}{place}"


def _parse(source: str) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of escapes like "\d"
        if is_automagic(source):
            return ast.parse(_plain(f"%{source.strip()}"))
        try:
            tree = ast.parse(source)
            return inlined(tree) if "_magic(" in source else tree
        except SyntaxError:
            return inlined(ast.parse(_plain(source)))


def _plain(source: str) -> str:
    """IPython's own syntax as calls, as IPython does it itself."""
    from IPython.core.inputtransformer2 import TransformerManager  # slow to load, seldom needed

    return TransformerManager().transform_cell(source)
