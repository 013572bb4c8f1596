"""Which rows and columns of a table a reader asks for."""

from __future__ import annotations

import difflib
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from jupyter_deploy.domain.publishing import Column
from jupyter_deploy.errors import InvalidInput

OPERATORS = ("eq", "ne", "lt", "le", "gt", "ge", "in", "null")
#: Filters of one request, and values of one `in`.
MOST = 50


@dataclass(frozen=True)
class Filter:
    """`value` is a tuple for `in` and a truth for `null`."""

    column: str
    operator: str
    value: Any


@dataclass(frozen=True)
class Query:
    """`columns` in this order; all rows when `limit` is None."""

    columns: tuple[Column, ...]
    filters: tuple[Filter, ...] = ()
    offset: int = 0
    limit: int | None = None


def read_filters(given: Iterable[tuple[str, str]], columns: Sequence[Column]) -> tuple[Filter, ...]:
    """Filters as `column=value` or `column.gt=value`. Raises InvalidInput."""
    found = tuple(_filter(key, text, columns) for key, text in given)
    if len(found) > MOST:
        raise InvalidInput(f"At most {MOST} filters may be given.")
    return found


def choose(text: str, columns: Sequence[Column]) -> tuple[Column, ...]:
    """The columns that a text like `a,b` names; all for an empty one. Raises InvalidInput."""
    if not text:
        return tuple(columns)
    return tuple(_column(name.strip(), columns) for name in text.split(","))


def _filter(key: str, text: str, columns: Sequence[Column]) -> Filter:
    name, operator = key, "eq"
    if key not in (column.name for column in columns):  # a name may have dots
        head, dot, tail = key.rpartition(".")
        if dot and tail in OPERATORS:
            name, operator = head, tail
    column = _column(name, columns)
    if operator == "null":
        return Filter(name, operator, _truth(key, text))
    if operator == "in":
        parts = text.split(",")
        return Filter(name, operator, tuple(_value(column, part) for part in parts[: MOST + 1]))
    return Filter(name, operator, _value(column, text))


def _column(name: str, columns: Sequence[Column]) -> Column:
    for column in columns:
        if column.name == name:
            return column
    names = [column.name for column in columns]
    close = difflib.get_close_matches(name, names, 1)
    told = ", ".join(names[:20]) + ("…" if len(names) > 20 else "")
    raise InvalidInput(
        f"The table has no column {name!r}.",
        field=name,
        hint=f"Did you mean {close[0]!r}?" if close else f"It has {told}.",
    )


def _truth(name: str, text: str) -> bool:
    if text not in ("true", "false"):
        raise InvalidInput(f"{name} is true or false, not {text!r}.", field=name)
    return text == "true"


def _number(text: str) -> float:
    value = float(text)
    if math.isnan(value):
        raise ValueError
    return value


def _integer(text: str) -> int:
    value = int(text)
    if not -(2**63) <= value < 2**63:
        raise ValueError
    return value


def _value(column: Column, text: str) -> Any:
    readers: dict[str, Callable[[str], Any]] = {
        "integer": _integer,
        "number": _number,
        "boolean": lambda text: _truth(column.name, text),
        "datetime": datetime.fromisoformat,
        "date": date.fromisoformat,
        "string": str,
    }
    if column.type not in readers:
        raise InvalidInput(
            f"The column {column.name!r} cannot be filtered: its values are of any kind.",
            field=column.name,
        )
    try:
        return readers[column.type](text)
    except ValueError:
        raise InvalidInput(
            f"{text!r} is not a value of the column {column.name!r} ({column.type}).",
            field=column.name,
            hint=f"Operators are {', '.join(OPERATORS)}, for example {column.name}.ge=….",
        ) from None
