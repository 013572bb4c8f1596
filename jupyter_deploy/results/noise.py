"""Differences that mean nothing: addresses, ids, times, progress."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_UNIT = r"(?:ns|µs|us|ms|s|sec|secs|seconds?|min|minutes?|h|hours?)"
_DURATION = rf"\d+(?:\.\d+)?\s*{_UNIT}\b"

#: A kind of noise and what it looks like.
_KINDS = (
    ("addresses", r"\b0x[0-9a-fA-F]{6,16}\b"),
    ("ids", r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b"),
    ("ids", r"\bT_[0-9a-f]{5}(?=\b|_)"),
    ("ids", r"\bsk-container-id-\d+\b|\bsk-estimator-id-\d+\b"),
    ("ids", r"(?<=[#\"])[mp][0-9a-f]{10}\b|(?<=\bimage)[0-9a-f]{10}\b"),
    ("ids", r"""(?<=\bid=["'])[\w-]*[0-9a-f]{8,}[\w-]*(?=["'])"""),
    ("paths", r"(?:/[\w.+-]+)*/(?:site|dist)-packages(?=/)"),
    ("paths", r"(?:/[\w.+-]+)*/ipykernel_\d+/\d+\.py(?::\d+)?"),
    ("paths", r"<ipython-input-\d+-[0-9a-f]+>"),
    ("paths", r"/tmp/[\w./+-]+"),  # noqa: S108, a pattern
    ("timings", rf"(?i)(?:CPU times|Wall time|elapsed|took|duration)\b[^\n]*?{_DURATION}[^\n]*"),
    ("timings", rf"{_DURATION}(?: ± {_DURATION})? per loop[^\n]*"),
    ("timings", rf"(?i)\b(?:in|after|time[:=]|fit_time[:=]?)\s*{_DURATION}"),
    ("timings", r"\d+(?:\.\d+)?\s*(?:it/s|s/it|steps?/s|ms/step|us/step|s/step)\b"),
    ("times", r"\b\d{1,2}:\d{2}:\d{2}(?:[.,]\d+)?\b"),
)
#: What may follow a date.
_REST_OF_MOMENT = r"(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?)?(?:Z|[+-]\d\d:?\d\d)?"
_PROGRESS = re.compile(r"\d+%\|.*\||\d+/\d+ \[[=>. ]+\]|━{4,}")


@dataclass(frozen=True)
class Pattern:
    kind: str
    regex: re.Pattern[str]


class Noise:
    """Takes out what differs from run to run.

    Dates are noise where they are the day of the run itself; any other date may be a result.
    """

    def __init__(self, own: Sequence[str] = (), days: Sequence[str] = ()) -> None:
        """`own` are a user's patterns. Raises re.error for one that cannot be read."""
        kinds = [("own patterns", text) for text in own]
        kinds += _KINDS
        kinds += [("times", re.escape(day) + _REST_OF_MOMENT) for day in set(days)]
        # Whole moments first: what is left of one would look like another time.
        kinds.sort(key=lambda item: item[1].startswith(r"\b\d{1,2}:"))
        self._patterns = [Pattern(kind, re.compile(text)) for kind, text in kinds]

    def quiet(self, text: str) -> str:
        """The text with placeholders for what means nothing."""
        for pattern in self._patterns:
            text = pattern.regex.sub(f"‹{pattern.kind}›", text)
        return text

    def kind(self, old: str, new: str) -> str:
        """Which noise these two texts differ by."""
        for pattern in self._patterns:
            if pattern.regex.findall(old) != pattern.regex.findall(new):
                return pattern.kind
        return "white space"

    @staticmethod
    def is_progress(line: str) -> bool:
        return bool(_PROGRESS.search(line))
