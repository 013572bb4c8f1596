"""What imported names stand for: `env` is `os.environ` after `from os import environ as env`."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from jupyter_deploy.preflight.cells import Cell
from jupyter_deploy.preflight.flow import BIND, flow


@dataclass(frozen=True)
class Aliases:
    """Of the cells as a whole: a name has one meaning in all of them."""

    cells: Sequence[Cell]

    def full_name(self, node: ast.AST) -> str:
        """`os.environ.get` of a name or attribute; nothing of what the notebook defines itself."""
        parts: list[str] = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name):
            return ""
        root = self._imported.get(node.id) or ("" if node.id in self._own else node.id)
        return ".".join([root, *reversed(parts)]) if root else ""

    @cached_property
    def _imported(self) -> dict[str, str]:
        found = dict(_imports(node for cell in self.cells for node in cell.nodes))
        for cell in self.cells:
            for name, value in _assigned(cell):
                root, dot, rest = ast.unparse(value).partition(".")
                meaning = found.get(root) or (root if hasattr(builtins, root) else "")
                if name not in found and meaning:
                    found[name] = f"{meaning}{dot}{rest}"
        return found

    @cached_property
    def _own(self) -> frozenset[str]:
        nodes = (node for cell in self.cells for node in cell.nodes)
        arguments = {node.arg for node in nodes if isinstance(node, ast.arg)}
        events = (event for cell in self.cells for event in flow(cell.tree.body))
        return frozenset({event.name for event in events if event.kind == BIND} | arguments)


def _imports(nodes: Iterable[ast.AST]) -> Iterator[tuple[str, str]]:
    for node in nodes:
        if isinstance(node, ast.Import):
            for alias in node.names:
                top = alias.name.partition(".")[0]
                yield (alias.asname, alias.name) if alias.asname else (top, top)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            for alias in node.names:
                yield alias.asname or alias.name, f"{node.module}.{alias.name}"


def _assigned(cell: Cell) -> Iterator[tuple[str, ast.expr]]:
    """`environ = os.environ`, `ask = input`."""
    for node in cell.tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.value, (ast.Name, ast.Attribute)):
            yield from (
                (item.id, node.value) for item in node.targets if isinstance(item, ast.Name)
            )
