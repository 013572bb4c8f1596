"""Cells that wait for a person: `asks_input`."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from jupyter_deploy.domain.bundle import Finding
from jupyter_deploy.preflight.aliases import Aliases
from jupyter_deploy.preflight.cells import Cell

#: What they are asked for: a text, a password, or something else.
PLAIN = {"input", "raw_input", "builtins.input"}
SECRET = {"getpass", "getpass.getpass", "pwinput.pwinput"}
_OTHERS = {"click.prompt", "click.confirm", "typer.prompt", "typer.confirm"}


def check_questions(cells: Sequence[Cell]) -> Iterator[Finding]:
    aliases = Aliases(cells)
    for cell in cells:
        found = {
            name
            for node in cell.nodes
            if (name := asked(node, aliases)) and not _is_conditional(cell, node)
        }
        if found:
            yield question(cell.index, min(found))


def _is_conditional(cell: Cell, node: ast.AST) -> bool:
    """Whether it depends on something that is known only when it runs."""
    chosen = any(
        isinstance(parent, (ast.If, ast.IfExp)) and child is not parent.test
        for parent, child in cell.above(node)
    )
    return chosen or cell.forgives(node, "EOFError", "RuntimeError", "StdinNotImplementedError")


def question(cell: int | None, function: str) -> Finding:
    return Finding(
        "asks_input",
        cell,
        f"{function}() waits for an answer that nobody gives in production.",
        "Make the answer a parameter, or read it from a variable of the environment.",
    )


def asked(node: ast.AST, aliases: Aliases) -> str | None:
    """The function that the call asks a person by, None when it is no such call."""
    if not isinstance(node, ast.Call):
        return None
    name = aliases.full_name(node.func)
    return name if name in PLAIN or name in SECRET or name in _OTHERS else None
