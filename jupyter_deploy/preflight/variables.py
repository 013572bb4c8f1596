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
from jupyter_deploy.preflight.aliases import Aliases
from jupyter_deploy.preflight.cells import MAY_FAIL, Cell, read_cells
from jupyter_deploy.preflight.magics import magics
from jupyter_deploy.preflight.place import listed

_ENVIRON = ("os.environ", "environ")
_LOADERS = ("load_dotenv", "dotenv.load_dotenv", "os.environ.update", "environ.update")
#: They give what is not set an error.
_STRICT = ("os.environ.__getitem__", "environ.__getitem__", "os.environ.pop", "environ.pop")
_READERS = ("os.getenv", "getenv", "os.environ.get", "environ.get")
_SETTERS = ("os.environ.setdefault", "environ.setdefault", "os.putenv")
#: Who asks is ready for a variable that is not set.
_ASKING = (ast.BoolOp, ast.Compare, ast.If, ast.IfExp, ast.While, ast.UnaryOp)


def check_variables(cells: Sequence[Cell], there: frozenset[str]) -> Iterator[Finding]:
    given, aliases = set(there), Aliases(cells)
    for cell in cells:
        if any(_loads(node, aliases) for node in cell.nodes) or _loads_file(cell):
            return
        given |= set(_set(cell, aliases))
        names = [name for name in dict.fromkeys(_read(cell, aliases)) if name not in given]
        given |= set(names)
        if names and MAY_FAIL not in cell.tags:
            yield not_set(cell.index, names)


def not_set(cell: int | None, names: list[str]) -> Finding:
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
        cells = read_cells(notebook)
        aliases = Aliases(cells)
        for cell in cells:
            found |= {name for node in cell.nodes for name in _named(node, aliases)}
            found |= {name for name, sets in _of_magics(cell) if not sets}
    return tuple(sorted(found))


def read_without_error(cells: Sequence[Cell]) -> set[str]:
    """Names that are None where they are not set: `os.getenv("X")`."""
    aliases = Aliases(cells)
    calls = (node for cell in cells for node in cell.nodes if isinstance(node, ast.Call))
    lenient = (node for node in calls if node.args and _calls(node, aliases) in _READERS)
    return {name for node in lenient for name in _text(node.args[0])}


def _named(node: ast.AST, aliases: Aliases) -> Iterator[str]:
    if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
        yield from _text(node.slice) if _is_environ(node.value, aliases) else ()
    elif (
        isinstance(node, ast.Call) and node.args and _calls(node, aliases) in (*_READERS, *_STRICT)
    ):
        yield from _text(node.args[0])


def _calls(node: ast.AST, aliases: Aliases) -> str:
    return aliases.full_name(node.func) if isinstance(node, ast.Call) else ""


def _loads(node: ast.AST, aliases: Aliases) -> bool:
    """Whether it may set any variable; `mock.patch.dict(os.environ, …)` does."""
    if not isinstance(node, ast.Call):
        return False
    changes = _calls(node, aliases).endswith("patch.dict")
    given = any(_is_environ(item, aliases) or _is_named(item) for item in node.args[:1])
    return (changes and given) or _calls(node, aliases) in _LOADERS


def _is_named(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value == "os.environ"


def _loads_file(cell: Cell) -> bool:
    return any(magic.name in ("dotenv", "load_dotenv") for magic in magics(cell.nodes))


def _set(cell: Cell, aliases: Aliases) -> Iterator[str]:
    """Names that the cell sets, or asks for before it reads them."""
    for node in cell.nodes:
        if isinstance(node, ast.Subscript) and _is_environ(node.value, aliases):
            yield from _text(node.slice) if not isinstance(node.ctx, ast.Load) else ()
        elif isinstance(node, ast.Compare):
            asks = any(_is_environ(item, aliases) for item in node.comparators)
            yield from _text(node.left) if asks else ()
        elif _is_bare(node, aliases) and _is_asked(cell, node):
            yield from _text(node.args[0])
        elif isinstance(node, ast.Call) and _calls(node, aliases) in _SETTERS:
            yield from _text(node.args[0]) if node.args else ()
    yield from (name for name, sets in _of_magics(cell) if sets)


def _of_magics(cell: Cell) -> Iterator[tuple[str, bool]]:
    """Variables that magics name, and whether they set them."""
    for magic in magics(cell.nodes):
        name, between, _ = re.split(r"([=\s]|$)", magic.text.strip(), maxsplit=1)
        if magic.name in ("env", "set_env") and name:
            yield name, bool(between)


def _read(cell: Cell, aliases: Aliases) -> Iterator[str]:
    yield from (name for name, sets in _of_magics(cell) if not sets)
    for node in cell.nodes:
        if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
            if _is_environ(node.value, aliases) and not cell.forgives(
                node, "KeyError", "LookupError"
            ):
                yield from _text(node.slice)
        elif _is_bare(node, aliases) and not _is_asked(cell, node):
            yield from _text(node.args[0])


def _is_bare(node: ast.AST, aliases: Aliases) -> TypeGuard[ast.Call]:
    """Whether it reads a variable without a default."""
    if not isinstance(node, ast.Call) or len(node.args) != 1 or node.keywords:
        return False
    return _calls(node, aliases) in (*_READERS, *_STRICT)


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


def _is_environ(node: ast.expr, aliases: Aliases) -> bool:
    return aliases.full_name(node) in _ENVIRON


def _text(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
