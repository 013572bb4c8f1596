"""Metrics: the named numbers of a run."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

#: Metrics of one run, and characters of a name and a unit.
MOST = 500
LONGEST_NAME = 200
LONGEST_UNIT = 40
#: Beyond the place of any cell, and of what a database keeps.
_BEYOND = 2**31


@dataclass(frozen=True)
class Metric:
    """`source` is `sdk` for a recorded one, `shown` for one that the notebook displays anyway.

    `cell` is the place in the captured notebook, None for the injected parameters.
    """

    name: str
    value: float
    unit: str | None = None
    source: str = "sdk"
    cell: int | None = None

    def to_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "value": number_to_json(self.value),
            "unit": self.unit,
            "source": self.source,
            "cell": self.cell,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Metric:
        """Raises KeyError, TypeError and ValueError for what is no metric."""
        name, unit = _text(data["name"], LONGEST_NAME), data.get("unit")
        cell = data.get("cell")
        if not name:
            raise ValueError("a metric without a name")
        return cls(
            name=name,
            value=number_from_json(data["value"]),
            unit=None if unit is None else _text(unit, LONGEST_UNIT),
            source="shown" if data.get("source") == "shown" else "sdk",
            cell=cell if is_cell(cell) else None,
        )


@dataclass(frozen=True)
class Measured:
    """A metric of one run, `at` when that began."""

    run: int
    at: datetime | None
    metric: Metric


@dataclass(frozen=True)
class Executed:
    """A code cell with its outputs; `index` is its place in the captured notebook."""

    index: int | None
    source: str
    outputs: Sequence[Mapping[str, Any]]


def is_cell(value: object) -> bool:
    """The place of a cell in a notebook, or None for the injected parameters."""
    return value is None or (type(value) is int and 0 <= value < _BEYOND)


def number_to_json(value: float) -> float | str:
    """JSON knows neither NaN nor infinity: they are `nan`, `inf` and `-inf`."""
    if not math.isfinite(value):
        return str(value)
    return int(value) if value.is_integer() and abs(value) < 2**53 else value


def number_from_json(value: object) -> float:
    """Raises TypeError and ValueError for what is no number."""
    if isinstance(value, str) and value in ("nan", "inf", "-inf"):
        return float(value)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError(f"{value!r} is no number")
    try:
        return float(value)
    except OverflowError:
        raise ValueError("a number beyond all floats") from None


def _text(value: object, longest: int) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    plain = value.encode(errors="ignore").decode().replace("\0", "")
    return " ".join(plain.split())[:longest]
