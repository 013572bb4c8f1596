"""Numbers as notebooks write them, and how far two may be apart."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from jupyter_deploy.domain.metrics import number_to_json

_DIGITS = r"(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)"
NUMBER = rf"[-+]?(?:{_DIGITS}(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?|[-+]?(?:nan|inf)\b"
#: A number that is no part of a word.
ANY_NUMBER = re.compile(rf"(?<![\w.])(?:{NUMBER})(?![\w])", re.IGNORECASE)
_WHOLE = re.compile(rf"(?:{NUMBER})", re.IGNORECASE)
#: Sums in another order differ by so much.
ROUNDING = 1e-9


def parse(text: str) -> float | None:
    """The number that this text is, None when it is none."""
    text = text.strip()
    if not text or not _WHOLE.fullmatch(text):
        return None
    try:
        return float(text.replace(",", ""))
    except ValueError:
        return None


@dataclass(frozen=True)
class Tolerances:
    """By how much a metric or a table's column may change, absolute, by its name."""

    absolute: Mapping[str, float] = field(default_factory=dict)

    def equal(self, old: float, new: float, name: str | None = None) -> bool:
        if old == new:
            return True
        allowed = self.absolute.get(name, 0.0) if name else 0.0
        try:
            both_nan = math.isnan(old) and math.isnan(new)
            return both_nan or math.isclose(old, new, rel_tol=ROUNDING, abs_tol=allowed)
        except OverflowError:  # JSON has whole numbers of any length
            return False


def delta(old: float, new: float) -> dict[str, float | str | None]:
    """Both values with their absolute and relative change, as JSON has them."""
    change = new - old
    relative = change / abs(old) if old else math.nan
    return {
        "old": number_to_json(old),
        "new": number_to_json(new),
        "change": change if math.isfinite(change) else None,
        "relative": relative if math.isfinite(relative) else None,
    }
