"""What expressions for paths come to, where they are written out."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Mapping, Sequence

from jupyter_deploy.preflight.cells import Cell

_PATHS = {"Path", "PurePath", "PosixPath", "PurePosixPath", "WindowsPath"}
_SAME = {"str", "fspath", "expanduser", "abspath", "normpath", "realpath", "expandvars"}
_SAME_METHODS = {"resolve", "absolute", "expanduser", "as_posix", "strip"}
_PLACES = {"cwd": ".", "getcwd": ".", "home": "~"}
_DEEPEST = 30
#: What names stand for; a path, and whether that is all of it.
Known = Mapping[str, ast.expr]
Text = tuple[str, bool]


def constants(cells: Sequence[Cell]) -> Known:
    """Names that are assigned once in all cells, and what."""
    counts: Counter[str] = Counter()
    values: dict[str, ast.expr] = {}
    for cell in cells:
        for node in cell.nodes:
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                counts[node.id] += 1
            elif isinstance(node, ast.arg):
                counts[node.arg] += 1
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                values[node.targets[0].id] = node.value
            elif isinstance(node, ast.AnnAssign) and node.value is not None:
                values[ast.unparse(node.target)] = node.value
    return {name: value for name, value in values.items() if counts[name] == 1}


def text_of(node: ast.expr, known: Known, depth: int = 0) -> Text | None:
    """The path that the expression begins with, and whether that is all of it."""
    if isinstance(node, ast.Constant):
        return (node.value, True) if isinstance(node.value, str) else None
    if isinstance(node, ast.Name) and node.id in known and depth < _DEEPEST:
        return text_of(known[node.id], known, depth + 1)
    if isinstance(node, ast.JoinedStr):
        return _joined([_part(item) for item in node.values], known, depth, "")
    if isinstance(node, ast.Call):
        return _called(node, known, depth)
    return _combined(node, known, depth)


def beginning(node: ast.expr, known: Known, depth: int = 0) -> ast.Constant | None:
    """The literal that the path begins with, which may stand in another cell."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node
    inner: ast.expr | None = None
    if isinstance(node, ast.Name):
        inner = known.get(node.id)
    elif isinstance(node, ast.JoinedStr):
        inner = node.values[0].value if isinstance(node.values[0], ast.FormattedValue) else None
    elif isinstance(node, ast.BinOp):
        inner = node.left
    elif isinstance(node, ast.Call):
        held = node.func.value if isinstance(node.func, ast.Attribute) else None
        name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        plain = name in {"joinpath", *_SAME_METHODS} and text_of(held, known) if held else None
        inner = held if plain else node.args[0] if node.args else None
    return beginning(inner, known, depth + 1) if inner and depth < _DEEPEST else None


def _combined(node: ast.expr, known: Known, depth: int) -> Text | None:
    """`a + b`, `a / b` and `a.parent`."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Div)):
        between = "/" if isinstance(node.op, ast.Div) else ""
        return _joined([node.left, node.right], known, depth, between)
    if isinstance(node, ast.Attribute) and node.attr == "parent":
        return _joined([node.value, ast.Constant("..")], known, depth, "/")
    return None


def _part(node: ast.expr) -> ast.expr:
    return node.value if isinstance(node, ast.FormattedValue) else node


def _called(node: ast.Call, known: Known, depth: int) -> Text | None:
    function = node.func
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    if name in _PLACES:
        return _PLACES[name], True
    if name in _PATHS or (name == "join" and ast.unparse(function).endswith("path.join")):
        return _joined(node.args, known, depth, "/") if node.args else (".", True)
    if name in _SAME and node.args:
        return text_of(node.args[0], known, depth + 1)
    if isinstance(function, ast.Attribute) and name in {"joinpath", *_SAME_METHODS}:
        parts = node.args if name == "joinpath" else []
        return _joined([function.value, *parts], known, depth, "/")
    return None


def _joined(parts: Sequence[ast.expr], known: Known, depth: int, between: str) -> Text | None:
    found: list[str] = []
    for part in parts:
        piece = text_of(part, known, depth + 1)
        if piece is None:
            return (between.join([*found, ""]), False) if found else None
        if between and found and piece[0].startswith("/"):
            found.clear()  # what is absolute begins anew
        found.append(piece[0])
        if not piece[1]:
            return between.join(found), False
    return between.join(found), True
