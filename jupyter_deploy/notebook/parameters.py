"""The parameters of a notebook, by papermill's own inspection."""

from __future__ import annotations

import ast
import json
import logging
import re
from typing import Any

from papermill.translators import Translator, papermill_translators

from jupyter_deploy.domain.bundle import Parameter
from jupyter_deploy.notebook.documents import Notebook

logging.getLogger("papermill").setLevel(logging.ERROR)

_TYPES = {
    "bool": "bool",
    "int": "int",
    "float": "float",
    "str": "str",
    "list": "list",
    "List": "list",
    "tuple": "any",
    "dict": "dict",
    "Dict": "dict",
}


def inspect_parameters(
    notebook: Notebook, kernel: str, language: str
) -> tuple[tuple[Parameter, ...], bool]:
    """The parameters, and whether this language can be inspected at all."""
    translator = papermill_translators.find_translator(kernel, language)
    if translator.inspect.__func__ is Translator.inspect.__func__:  # type: ignore[attr-defined]
        return (), False
    for cell in notebook.cells:
        if "parameters" in cell.metadata.get("tags", ()):
            return tuple(_parameter(item) for item in translator.inspect(cell)), True
    return (), True


def _parameter(found: Any) -> Parameter:
    literal, default = _literal(found.default)
    return Parameter(
        name=found.name,
        type=_type(str(found.inferred_type_name), default, literal),
        default=default,
        default_source=found.default,
        help=found.help or None,
    )


def _literal(source: str) -> tuple[bool, Any]:
    """Whether the source is a literal with a JSON value, and that value."""
    try:
        value = ast.literal_eval(source)
        return True, json.loads(json.dumps(value, allow_nan=False))
    except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError):
        return False, None


def _type(declared: str, default: Any, literal: bool) -> str:
    plain = re.sub(r"\[.*\]$", "", declared.strip().strip("\"'")).rsplit(".", 1)[-1]
    if plain in _TYPES:
        return _TYPES[plain]
    if declared == "None" and literal and default is not None:
        return _TYPES.get(type(default).__name__, "any")
    return "any"
