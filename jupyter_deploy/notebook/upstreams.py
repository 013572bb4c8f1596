"""Deployments whose published outputs a notebook reads: `jd.upstream("train")`."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from jupyter_deploy.domain.names import is_name
from jupyter_deploy.notebook.documents import Notebook

_CALL = "upstream"


def find_upstreams(notebook: Notebook, language: str) -> tuple[str, ...]:
    """Names in literal calls, sorted; Python only. What is no code is passed over."""
    if language != "python":
        return ()
    sources = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    return tuple(sorted({name for source in sources for name in _names(source)}))


def _names(source: str) -> Iterator[str]:
    if _CALL not in source:
        return
    try:
        tree = ast.parse(_plain(source))
    except (SyntaxError, ValueError, RecursionError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _is_upstream(node.func):
            given = [*node.args[:1], *(item.value for item in node.keywords if item.arg == "name")]
            for value in given:
                if isinstance(value, ast.Constant) and isinstance(value.value, str):
                    yield from [value.value] if is_name(value.value) else []


def _plain(source: str) -> str:
    """Without the lines that only IPython understands."""
    lines = source.split("\n")
    return "\n".join("" if line.lstrip()[:1] in ("%", "!", "?") else line for line in lines)


def _is_upstream(function: ast.expr) -> bool:
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", None)
    return name == _CALL
