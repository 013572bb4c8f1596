"""Rules for a run's parameters.

Papermill pastes names into source code and believes any value, so both are
checked here before they come near a notebook.
"""

from __future__ import annotations

import difflib
import json
import keyword
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from jupyter_deploy.domain.bundle import Parameter
from jupyter_deploy.errors import InvalidInput

_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
_WORDS = {
    "bool": "true or false",
    "int": "a whole number",
    "float": "a number",
    "str": "text",
    "list": "a list",
    "dict": "an object",
}
_TRUE, _FALSE = ("true", "yes", "on", "1"), ("false", "no", "off", "0")


def check_parameters(
    values: Mapping[str, Any], schema: Sequence[Parameter], *, known: bool
) -> dict[str, Any]:
    """The values, or InvalidInput with the field `parameters.NAME`.

    `known` is false for a language whose parameters cannot be inspected: then
    any plain identifier is accepted.
    """
    by_name = {item.name: item for item in schema}
    checked = {}
    for name, value in values.items():
        _check_name(name, by_name, known)
        checked[name] = _check_value(name, value, by_name.get(name))
    return checked


def parse_assignment(
    text: str, schema: Sequence[Parameter], known: bool
) -> tuple[str, Any]:
    """`name=value` from a command line, read as the parameter's type.

    Raises InvalidInput.
    """
    name, equals, value = text.partition("=")
    name = name.strip()
    if not equals:
        raise InvalidInput(
            f"{text!r} does not set a parameter.",
            field="parameters",
            hint="Write -p name=value.",
        )
    by_name = {item.name: item for item in schema}
    _check_name(name, by_name, known)
    parameter = by_name.get(name)
    parsed = _parse(value, parameter.type if parameter else "any")
    return name, _check_value(name, parsed, parameter)


def _check_name(name: str, by_name: Mapping[str, Parameter], known: bool) -> None:
    if not _IDENTIFIER.fullmatch(name) or keyword.iskeyword(name):
        raise InvalidInput(
            f"{name!r} cannot be the name of a parameter.",
            field="parameters",
            hint="Parameter names are plain identifiers.",
        )
    if known and name not in by_name:
        raise InvalidInput(
            f"The notebook has no parameter {name!r}.",
            field=f"parameters.{name}",
            hint=_unknown_hint(name, by_name),
        )


def _unknown_hint(name: str, by_name: Mapping[str, Parameter]) -> str:
    if not by_name:
        return 'Give the cell that sets it the tag "parameters" in the notebook.'
    close = difflib.get_close_matches(name, by_name, 1)
    if close:
        return f"Did you mean {close[0]!r}?"
    return f"It has: {', '.join(by_name)}."


def _check_value(name: str, value: Any, parameter: Parameter | None) -> Any:
    kind = parameter.type if parameter else "any"
    if value is None and parameter is not None and parameter.default_source == "None":
        return None
    if not _fits(value, kind):
        raise InvalidInput(
            f"{name} is {_WORDS[kind]}, not {_show(value)}.",
            field=f"parameters.{name}",
            hint=f"Its default is {parameter.default_source}." if parameter else None,
        )
    _check_finite(name, value)
    return float(value) if kind == "float" else value


def _fits(value: Any, kind: str) -> bool:
    if kind == "any":
        return True
    if kind in ("int", "float"):
        number = int if kind == "int" else (int, float)
        return isinstance(value, number) and not isinstance(value, bool)
    return isinstance(
        value, {"bool": bool, "str": str, "list": list, "dict": dict}[kind]
    )


def _check_finite(name: str, value: Any) -> None:
    if isinstance(value, float) and not math.isfinite(value):
        raise InvalidInput(
            f"{name} is not a finite number.",
            field=f"parameters.{name}",
            hint="NaN and infinity cannot be parameters.",
        )
    children = value.values() if isinstance(value, dict) else value
    if isinstance(value, (dict, list)):
        for child in children:
            _check_finite(name, child)


def _parse(text: str, kind: str) -> Any:
    """The text as a value of this kind, or the text itself for the check to refuse."""
    if kind == "str":
        return text
    if kind == "bool":
        lowered = text.strip().lower()
        return True if lowered in _TRUE else False if lowered in _FALSE else text
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _show(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else text[:57] + "..."
