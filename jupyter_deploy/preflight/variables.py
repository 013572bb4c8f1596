"""Variables of the environment: those that are read, and that runs do not have."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import TypeGuard

from jupyter_deploy.domain.bundle import Finding
from jupyter_deploy.domain.variables import is_secret_name
from jupyter_deploy.notebook.documents import Notebook
from jupyter_deploy.preflight.cells import MAY_FAIL, Cell, read_cells
from jupyter_deploy.preflight.magics import magics
from jupyter_deploy.preflight.place import listed

_ENVIRON = ("os.environ", "environ")
_LOADERS = ("load_dotenv", "dotenv.load_dotenv", "os.environ.update", "environ.update")
_READERS = ("os.getenv", "getenv", "os.environ.get", "environ.get")
#: Who asks is ready for a variable that is not set.
_ASKING = (ast.BoolOp, ast.Compare, ast.If, ast.IfExp, ast.While, ast.UnaryOp)


def check_variables(cells: Sequence[Cell], there: frozenset[str]) -> Iterator[Finding]:
    given = set(there)
    for cell in cells:
        calls = [ast.unparse(node.func) for node in cell.nodes if isinstance(node, ast.Call)]
        if any(call in _LOADERS for call in calls) or _loads_file(cell):
            return
        given |= set(_set(cell))
        names = [name for name in dict.fromkeys(_read(cell)) if name not in given]
        given |= set(names)
        if names and MAY_FAIL not in cell.tags:
            yield _finding(cell.index, names)


def _finding(cell: int, names: list[str]) -> Finding:
    are, them = ("is", "it") if len(names) == 1 else ("are", "them")
    return Finding(
        "variable_not_set",
        cell,
        f"The environment variable{'' if len(names) == 1 else 's'} {listed(names)} {are} read "
        f"here, but runs do not have {them}.",
        f"`jupyter deploy secret set {names[0]}`, then deploy with --secret {names[0]}; or name "
        f"{them} in c.Deploy.kernel_environment if the engine has {them}; or read {them} with a "
        "default.",
        {"secrets": names} if all(map(is_secret_name, names)) else None,
    )


def variables_of(notebook: Notebook) -> tuple[str, ...]:
    """Names that its code reads, with a default or without, in alphabetical order."""
    found: set[str] = set()
    with suppress(RecursionError):
        for cell in read_cells(notebook):
            found |= {name for node in cell.nodes for name in _named(node)}
    return tuple(sorted(found))


def _named(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
        yield from _text(node.slice) if _is_environ(node.value) else ()
    elif isinstance(node, ast.Call) and node.args and ast.unparse(node.func) in _READERS:
        yield from _text(node.args[0])


def _loads_file(cell: Cell) -> bool:
    return any(magic.name in ("dotenv", "load_dotenv") for magic in magics(cell.nodes))


def _set(cell: Cell) -> Iterator[str]:
    """Names that the cell sets, or asks for before it reads them."""
    for node in cell.nodes:
        if isinstance(node, ast.Subscript) and _is_environ(node.value):
            yield from _text(node.slice) if not isinstance(node.ctx, ast.Load) else ()
        elif isinstance(node, ast.Compare) and any(map(_is_environ, node.comparators)):
            yield from _text(node.left)
        elif isinstance(node, ast.Call) and ast.unparse(node.func) in (
            "os.environ.setdefault",
            "environ.setdefault",
            "os.putenv",
        ):
            yield from _text(node.args[0]) if node.args else ()
    for magic in magics(cell.nodes):
        if magic.name in ("env", "set_env"):
            yield re.split(r"[=\s]", magic.text.strip())[0]


def _read(cell: Cell) -> Iterator[str]:
    for node in cell.nodes:
        if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
            if _is_environ(node.value) and not cell.forgives(node, "KeyError", "LookupError"):
                yield from _text(node.slice)
        elif _is_bare(node) and not _is_asked(cell, node):
            yield from _text(node.args[0])


def _is_bare(node: ast.AST) -> TypeGuard[ast.Call]:
    """Whether it reads a variable without a default."""
    if not isinstance(node, ast.Call) or len(node.args) != 1 or node.keywords:
        return False
    return ast.unparse(node.func) in _READERS


def _is_asked(cell: Cell, node: ast.AST) -> bool:
    """`os.getenv("X") or "default"`, or a name that a condition looks at later."""
    for parent, child in cell.above(node):
        if isinstance(parent, (ast.If, ast.While)) and child is not parent.test:
            return False
        if isinstance(parent, _ASKING):
            return True
        if isinstance(parent, ast.NamedExpr):
            continue
        if isinstance(parent, ast.Assign) and isinstance(parent.targets[0], ast.Name):
            return _is_tested(cell, parent.targets[0].id)
        if isinstance(parent, ast.stmt):
            return False
    return False


def _is_tested(cell: Cell, name: str) -> bool:
    tests = [
        node.test if isinstance(node, (ast.If, ast.IfExp, ast.While)) else node
        for node in cell.nodes
        if isinstance(node, _ASKING)
    ]
    return any(
        isinstance(item, ast.Name) and item.id == name for test in tests for item in ast.walk(test)
    )


def _is_environ(node: ast.expr) -> bool:
    return isinstance(node, (ast.Name, ast.Attribute)) and ast.unparse(node) in _ENVIRON


def _text(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
