"""Numbers and texts."""

from __future__ import annotations

import math
from typing import Any

from jupyter_deploy.sdk.display import check_name, show


def metric(name: str, value: Any, unit: str | None = None) -> None:
    """Record a number of this run; the last value of a name counts.

    Raises TypeError for what is no number, ValueError for one beyond all floats.
    """
    content: dict[str, Any] = {"name": check_name(name), "value": _json(_number(value))}
    if unit is not None:
        content["unit"] = str(unit)
    show("metric", content, f"{_short(_number(value))} {unit or ''}".strip())


def text(name: str, text: str) -> None:
    """Record a sentence or more under a name. Raises TypeError for what is no text."""
    if not isinstance(text, str):
        raise TypeError(f"{name!r} is to be a text, not {type(text).__name__}.")
    show("text", {"name": check_name(name), "text": text}, text)


def _number(value: Any) -> float:
    """Also of numpy's kinds, and of arrays that hold one number."""
    if isinstance(value, (str, bytes)) or not hasattr(value, "__float__"):
        try:
            return float(value.__index__())
        except AttributeError:
            kind = type(value).__name__
            raise TypeError(f"A metric is a number, not {kind}: {value!r:.50}") from None
    try:
        return float(value)
    except OverflowError:
        raise ValueError("The number is too large to be a metric.") from None


def _json(value: float) -> float | str:
    """JSON knows neither NaN nor infinity."""
    return value if math.isfinite(value) else str(value)


def _short(value: float) -> str:
    return f"{value:,.0f}" if value.is_integer() and abs(value) < 1e15 else f"{value:.6g}"
