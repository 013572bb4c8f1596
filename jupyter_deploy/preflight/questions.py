"""Cells that wait for a person: `asks_input`."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from jupyter_deploy.domain.bundle import Finding
from jupyter_deploy.preflight.cells import Cell
from jupyter_deploy.preflight.flow import BIND, flow

_ASK = {"input", "raw_input", "getpass", "getpass.getpass", "builtins.input"}


def check_questions(cells: Sequence[Cell]) -> Iterator[Finding]:
    own = {
        event.name
        for cell in cells
        for event in flow(item for item in cell.tree.body if not isinstance(item, ast.ImportFrom))
        if event.kind == BIND
    } - {"getpass"}
    for cell in cells:
        found = {name for node in cell.nodes if (name := asked(node)) and name not in own}
        if found:
            yield Finding(
                "asks_input",
                cell.index,
                f"{min(found)}() waits for an answer that nobody gives in production.",
                "Make the answer a parameter, or read it from a variable of the environment.",
            )


def asked(node: ast.AST) -> str | None:
    """The function that the call asks a person by, None when it is no such call."""
    if not isinstance(node, ast.Call):
        return None
    name = ast.unparse(node.func) if isinstance(node.func, (ast.Name, ast.Attribute)) else ""
    return name if name in _ASK else None
