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
from collections.abc import Callable, Mapping, Sequence
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
#: Lists and objects inside each other; deeper ones break JSON and the kernel's parser.
MAX_DEPTH = 50


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


def parse_assignment(text: str, schema: Sequence[Parameter], known: bool) -> tuple[str, Any]:
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


def effective(values: Mapping[str, Any], schema: Sequence[Parameter]) -> dict[str, Any]:
    """What a run sees: the notebook's defaults, replaced by `values`.

    A default that is an expression has no value before the run and is left out.
    """
    defaults = {
        item.name: item.default
        for item in schema
        if item.default is not None or item.default_source == "None"
    }
    return {**defaults, **values}


def _check_name(name: str, by_name: Mapping[str, Parameter], known: bool) -> None:
    if not _is_plain(name, by_name):
        raise InvalidInput(
            f"{_show(name)} cannot be the name of a parameter.",
            field="parameters",
            hint="Parameter names are plain identifiers.",
        )
    if known and name not in by_name:
        raise InvalidInput(
            f"The notebook has no parameter {name!r}.",
            field=f"parameters.{name}",
            hint=_unknown_hint(name, by_name),
        )


def _is_plain(name: object, by_name: Mapping[str, Parameter]) -> bool:
    """Letters beyond ASCII only where the notebook itself has this very name."""
    if not isinstance(name, str) or keyword.iskeyword(name):
        return False
    return bool(_IDENTIFIER.fullmatch(name)) or (name in by_name and name.isidentifier())


def _unknown_hint(name: str, by_name: Mapping[str, Parameter]) -> str:
    if not by_name:
        return (
            'Give the cell that sets it the tag "parameters" in the notebook; '
            f"jupyter deploy check NOTEBOOK -p {name} --fix shows how."
        )
    close = difflib.get_close_matches(name, by_name, 1)
    if close:
        return f"Did you mean {close[0]!r}?"
    return f"It has: {', '.join(by_name)}."


def _check_value(name: str, value: Any, parameter: Parameter | None) -> Any:
    kind = parameter.type if parameter else "any"
    try:
        _check_json(value, MAX_DEPTH)
    except ValueError as error:
        raise InvalidInput(
            f"{name} {error}.",
            field=f"parameters.{name}",
            hint="Parameters are JSON values: text, finite numbers, true, false, null, "
            "lists and objects.",
        ) from None
    if value is None and parameter is not None and parameter.default_source == "None":
        return None
    if not _fits(value, kind):
        raise InvalidInput(
            f"{name} is {_WORDS[kind]}, not {_show(value)}.",
            field=f"parameters.{name}",
            hint=f"Its default is {parameter.default_source}." if parameter else None,
        )
    return _as_float(name, value) if kind == "float" else value


def _as_float(name: str, value: float) -> float:
    try:
        return float(value)
    except OverflowError:
        raise InvalidInput(
            f"{name} is larger than a floating-point number can be.", field=f"parameters.{name}"
        ) from None


def _fits(value: Any, kind: str) -> bool:
    if kind == "any":
        return True
    if kind in ("int", "float"):
        number = int if kind == "int" else (int, float)
        return isinstance(value, number) and not isinstance(value, bool)
    return isinstance(value, {"bool": bool, "str": str, "list": list, "dict": dict}[kind])


def _check_json(value: Any, depth: int) -> None:
    """Raises ValueError with the second half of a sentence."""
    if value is None or isinstance(value, (bool, int)):
        return
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError("is not a finite number")
    elif isinstance(value, str):
        _check_text(value)
    elif isinstance(value, (list, dict)):
        if not depth:
            raise ValueError(f"is nested more than {MAX_DEPTH} deep")
        for child in value.values() if isinstance(value, dict) else value:
            _check_json(child, depth - 1)
        if isinstance(value, dict):
            _check_keys(value)
    else:
        raise ValueError(f"is a {type(value).__name__}, which JSON does not have")


def _check_keys(value: dict[Any, Any]) -> None:
    for key in value:
        if not isinstance(key, str):
            raise ValueError(f"has the key {key!r}, which is not text")
        _check_text(key)


def _check_text(text: str) -> None:
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise ValueError("holds half a character (a lone surrogate)")


def _parse(text: str, kind: str) -> Any:
    """The text as a value of this kind, or the text itself for the check to refuse."""
    if kind == "str":
        return text
    if kind == "bool":
        lowered = text.strip().lower()
        return True if lowered in _TRUE else False if lowered in _FALSE else text
    readers: tuple[Callable[[str], Any], ...] = (json.loads,)
    if kind in ("int", "float") and text.isascii():
        readers = (int,) if kind == "int" else (int, float)
    for read in readers:
        try:
            return read(text)
        except (ValueError, RecursionError):
            continue
    return text


def _show(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else text[:57] + "..."
