"""Lengths of time as people write them: `90`, `30s`, `5m`, `2h`, `1d`."""

from __future__ import annotations

import math
import re

from jupyter_deploy.errors import InvalidInput

_UNITS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}
_DURATION = re.compile(r"\s*(\d{1,9}(?:\.\d{1,6})?)\s*([smhd]?)\s*")


def seconds_of(value: float | str, field: str) -> float:
    """The seconds that a number or a text like `5m` stands for. Raises InvalidInput."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        try:
            return float(value)
        except OverflowError:  # JSON and YAML know integers of any length
            return math.inf
    found = _DURATION.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise InvalidInput(
            f"{value!r} is not a length of time.",
            field=field,
            hint="Write seconds, or a number with s, m, h or d, for example 30m.",
        )
    return float(found[1]) * _UNITS[found[2]]


def rounded(seconds: float) -> str:
    """What was measured, as people tell it: `0.4 s`, `40 s`, `3 min 5 s`, `2 h 10 min`."""
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s".removesuffix(" 0 s")
    return f"{whole // 3600} h {whole % 3600 // 60} min".removesuffix(" 0 min")


def in_words(seconds: float) -> str:
    """`90 s`, `5 min`, `2 h`, `1 d`: the largest unit that fits without a rest."""
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size and seconds % size == 0:
            return f"{seconds / size:.10g} {unit}"
    return f"{seconds:.10g} s"
