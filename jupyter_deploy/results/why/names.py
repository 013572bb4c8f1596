"""Which names a cell of Python uses and which it defines."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

_WORD = re.compile(r"[^\W\d]\w*")
#: Lines for IPython and for shells.
_MAGIC = re.compile(r"^(\s*)[%!?].*$", re.MULTILINE)


@dataclass(frozen=True)
class Names:
    """`modules` are imported names by what they stand for, `texts` strings in the code."""

    used: frozenset[str]
    defined: frozenset[str]
    modules: dict[str, str]
    texts: tuple[str, ...]


def names_of(source: str) -> Names:
    """Of another language, or code that cannot be read, every word counts as used."""
    try:
        tree = ast.parse(_MAGIC.sub(r"\1pass", source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return Names(frozenset(_WORD.findall(source)), frozenset(), {}, (source,))
    used, defined, modules, texts = set[str](), set[str](), dict[str, str](), list[str]()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            (used if isinstance(node.ctx, ast.Load) else defined).add(node.id)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            defined.add(node.name)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            modules.update(_imported(node))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            texts.append(node.value)
    return Names(frozenset(used), frozenset(defined | set(modules)), modules, tuple(texts))


def _imported(node: ast.Import | ast.ImportFrom) -> dict[str, str]:
    """Names in the cell and the modules that they come from."""
    if isinstance(node, ast.ImportFrom):
        module = node.module or ""
        return {alias.asname or alias.name: module for alias in node.names}
    return {alias.asname or alias.name.partition(".")[0]: alias.name for alias in node.names}
