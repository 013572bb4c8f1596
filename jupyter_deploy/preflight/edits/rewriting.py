"""One cell on its way to another source.

What comes of it is parsed again and compared with the tree that was meant, so that nothing
but that has changed.
"""

from __future__ import annotations

import ast
import re
import warnings
from typing import Any

from jupyter_deploy.domain.bundle import Edit
from jupyter_deploy.preflight.cells import Cell
from jupyter_deploy.preflight.magics import is_automagic

#: A longer cell is nothing to look at line by line.
LARGEST = 50_000
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")
_REST = re.compile(r"[ \t\f]*(?:#.*)?")
_ODD = (SyntaxError, ValueError, RecursionError, MemoryError)


class UncertainError(Exception):
    """There is no change of which it is certain what it does."""


class Rewriting:
    """Raises UncertainError for a cell that is not plain Python."""

    def __init__(self, cell: Cell) -> None:
        self.cell = cell
        source = cell.source
        if not is_plain(cell):
            raise UncertainError
        self._lines = _LINE.findall(source)
        self._eol = "\r\n" if "\r\n" in source else "\n"
        self._changes: list[tuple[int, int, str]] = []
        self._instead: dict[ast.AST, str] = {}
        self._removed: list[ast.stmt] = []
        self._first: list[str] = []
        self._last: list[str] = []

    def text_of(self, node: ast.expr) -> str:
        """The node as it is written, on one line."""
        start, end = self._span(node)
        text = self.cell.source[start:end]
        if not _is_one_line(text) or ast.dump(_expression(text)) != ast.dump(node):
            raise UncertainError
        return text

    def replace(self, node: ast.expr, text: str) -> None:
        start, end = self._span(node)
        inside = any(isinstance(parent, ast.JoinedStr) for parent, _ in self.cell.above(node))
        written = _expression(f"({self.cell.source[start:end]}\n)")
        if inside or ast.dump(written) != ast.dump(node):
            raise UncertainError
        if node not in self._instead:
            self._changes.append((start, end, text))
        self._instead[node] = text

    def remove(self, statement: ast.stmt) -> str:
        """Take a statement of the cell's own level out, with its lines, which are returned."""
        start, end = self._span(statement)
        source, first = self.cell.source, self._start_of(statement.lineno)
        last = self._start_of((statement.end_lineno or statement.lineno) + 1)
        before, after = source[first:start], source[end:last].rstrip("\r\n")
        if before or not _REST.fullmatch(after) or statement in self._removed:
            raise UncertainError
        self._changes.append((first, last, ""))
        self._removed.append(statement)
        return source[first:last].rstrip("\r\n")

    def put_first(self, line: str) -> None:
        if line not in self._first:
            self._first.append(line)

    def put_last(self, line: str) -> None:
        if line not in self._last:
            self._last.append(line)

    def edit(self) -> Edit:
        """Raises UncertainError when it is not what was meant."""
        after = self._after()
        try:
            same = ast.dump(_parse(after)) == ast.dump(self._meant())
        except _ODD:
            raise UncertainError from None
        if not same or after == self.cell.source:
            raise UncertainError
        return Edit(self.cell.index, self.cell.source, after)

    def _after(self) -> str:
        source, changes = self.cell.source, sorted(self._changes, reverse=True)
        top = self._start_of(self._top_line)
        if self._first:
            changes.append((top, top, "".join(f"{line}{self._eol}" for line in self._first)))
        for start, end, text in changes:
            source = source[:start] + text + source[end:]
        if not self._last:
            # The line end before what was the last line is not its own.
            ended = self.cell.source.endswith(("\r", "\n"))
            return source if ended or not self._removed else source.rstrip("\r\n")
        if source and not source.endswith(("\r", "\n")):
            source += self._eol
        return source + self._eol.join(self._last)

    @property
    def _futures(self) -> list[ast.ImportFrom]:
        found = [item for item in self.cell.tree.body if isinstance(item, ast.ImportFrom)]
        return [item for item in found if item.module == "__future__"]

    @property
    def _top_line(self) -> int:
        """Below what has to come first."""
        return max([(item.end_lineno or item.lineno) + 1 for item in self._futures], default=1)

    def _meant(self) -> ast.Module:
        fresh = _parse(self.cell.source)
        twins = dict(zip(ast.walk(self.cell.tree), ast.walk(fresh), strict=True))
        swap = _Swap({twins[node]: text for node, text in self._instead.items()})
        removed: list[ast.AST] = [twins[item] for item in self._removed]
        body: list[ast.stmt] = [swap.visit(item) for item in fresh.body if item not in removed]
        at = len(self._futures)
        body[at:at] = _statements(self._first)
        return ast.Module(body=[*body, *_statements(self._last)], type_ignores=[])

    def _span(self, node: ast.expr | ast.stmt) -> tuple[int, int]:
        if node.end_lineno is None or node.end_col_offset is None:
            raise UncertainError
        start = self._place(node.lineno, node.col_offset)
        return start, self._place(node.end_lineno, node.end_col_offset)

    def _place(self, line: int, column: int) -> int:
        """ast counts bytes of UTF-8."""
        try:
            before = self._lines[line - 1].encode()[:column].decode()
        except (IndexError, ValueError):
            raise UncertainError from None
        return self._start_of(line) + len(before)

    def _start_of(self, line: int) -> int:
        return sum(map(len, self._lines[: line - 1]))


class _Swap(ast.NodeTransformer):
    def __init__(self, instead: dict[ast.AST, str]) -> None:
        self._instead = instead

    def visit(self, node: ast.AST) -> Any:
        instead = self._instead.get(node)
        return super().visit(node) if instead is None else _expression(instead)


def is_plain(cell: Cell) -> bool:
    """Whether the cell is Python without IPython's additions, and not too long to look at."""
    if len(cell.source) > LARGEST or is_automagic(cell.source) or not cell.known:
        return False
    try:
        _parse(cell.source)
    except UncertainError:
        return False
    return True


def _parse(source: str) -> ast.Module:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of escapes like "\d"
            return ast.parse(source)
    except _ODD:
        raise UncertainError from None


def _statements(lines: list[str]) -> list[ast.stmt]:
    return _parse("\n".join(lines)).body


def _expression(text: str) -> ast.expr:
    body = _parse(f"({text})" if _is_one_line(text) else text).body
    if len(body) != 1 or not isinstance(body[0], ast.Expr):
        raise UncertainError
    return body[0].value


def _is_one_line(text: str) -> bool:
    return "\n" not in text and "\r" not in text
