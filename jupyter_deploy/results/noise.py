"""Differences that mean nothing: addresses, ids, times, progress."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

_UNIT = r"(?:ns|µs|us|ms|s|sec|secs|seconds?|min|minutes?|h|hours?)"
_RATE = r"(?:it/s|s/it|steps?/s|ms/step|us/step|s/step)"
_DURATION = rf"\d+(?:\.\d+)?[ \t]*{_UNIT}\b"

#: A kind of noise, what it looks like, and letters without which there is none of it:
#: looking for those is many times faster.
_KINDS = (
    ("addresses", r"\b0x[0-9a-fA-F]{6,16}\b", ("0x",)),
    ("ids", r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b", ("-",)),
    ("ids", r"\bT_[0-9a-f]{5}(?=\b|_)", ("T_",)),
    ("ids", r"\bsk-container-id-\d+\b|\bsk-estimator-id-\d+\b", ("sk-",)),
    ("ids", r"(?<=[#\"])[mp][0-9a-f]{10}\b|(?<=\bimage)[0-9a-f]{10}\b", ("#", '"', "image")),
    ("ids", r"""(?<=\bid=["'])[\w-]*[0-9a-f]{8,}[\w-]*(?=["'])""", ("id=",)),
    ("paths", r"(?:/[\w.+-]+)*/(?:site|dist)-packages(?=/)", ("-packages",)),
    ("paths", r"(?:/[\w.+-]+)*/ipykernel_\d+/\d+\.py(?::\d+)?", ("ipykernel_",)),
    ("paths", r"<ipython-input-\d+-[0-9a-f]+>", ("<ipython",)),
    ("paths", r"/tmp/[\w./+-]+", ("/tmp/",)),  # noqa: S108, a pattern
    (
        "timings",
        rf"(?i)\b(?:CPU times|Wall time|elapsed|took|duration)\b[^\n]*?{_DURATION}[^\n]*",
        ("ime", "IME", "lapsed", "ELAPSED", "ook", "OOK", "uration", "DURATION"),
    ),
    ("timings", rf"{_DURATION}(?: ± {_DURATION})? per loop[^\n]*", ("per loop",)),
    ("timings", rf"(?i)\b(?:in|after|time[:=]|fit_time[:=]?)[ \t]*{_DURATION}", ("",)),
    ("timings", rf"\d+(?:\.\d+)?[ \t]*{_RATE}\b", ("it/s", "/it", "step")),
    ("times", r"\b\d{1,2}:\d{2}:\d{2}(?:[.,]\d+)?\b", (":",)),
)
#: What may follow a date.
_REST_OF_MOMENT = r"(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?)?(?:Z|[+-]\d\d:?\d\d)?"
_PROGRESS = re.compile(r"\d+%\|.*\||\d+/\d+ \[[=>. ]+\]|━{4,}")


@dataclass(frozen=True)
class Pattern:
    kind: str
    regex: re.Pattern[str]
    needs: tuple[str, ...]

    def may_be_in(self, text: str) -> bool:
        return any(letters in text for letters in self.needs)


class Noise:
    """Takes out what differs from run to run.

    Dates are noise where they are the day of the run itself; any other date may be a result.
    """

    def __init__(self, own: Sequence[str] = (), days: Sequence[str] = ()) -> None:
        """`own` are a user's patterns. Raises re.error for one that cannot be read."""
        moments = [re.escape(day) + _REST_OF_MOMENT for day in set(days)] + list(_epochs(days))
        # Whole moments before times of day: what is left of one would look like another.
        kinds = [
            *(("own patterns", text, ("",)) for text in own),
            *(("times", text, ("",)) for text in moments),
            *_KINDS,
        ]
        self._patterns = [Pattern(kind, re.compile(text), needs) for kind, text, needs in kinds]

    def quiet(self, text: str) -> str:
        """The text with placeholders for what means nothing."""
        for pattern in self._patterns:
            if pattern.may_be_in(text):
                text = pattern.regex.sub(f"‹{pattern.kind}›", text)
        return text

    def quiet_lines(self, lines: Sequence[str]) -> list[str]:
        """Each of the lines; together, which is many times faster."""
        found = self.quiet("\n".join(lines)).split("\n")
        if len(found) != len(lines):  # a user's pattern reaches over their ends
            return [self.quiet(line) for line in lines]
        return found

    def kind(self, old: str, new: str) -> str:
        """Which noise these two texts differ by."""
        for pattern in self._patterns:
            if pattern.regex.findall(old) != pattern.regex.findall(new):
                return pattern.kind
        return "white space"

    @staticmethod
    def has_progress(text: str) -> bool:
        """Whether there is a progress bar in it."""
        return any(part in text for part in ("%|", " [", "━")) and bool(_PROGRESS.search(text))


def _epochs(days: Sequence[str]) -> Iterator[str]:
    """Seconds, or thousandths of them and smaller, since 1970 on these days in any time zone."""
    starts: set[int] = set()
    for day in days:
        with suppress(ValueError):
            begin = datetime.fromisoformat(day).replace(tzinfo=timezone.utc) - timedelta(days=1)
            first = int(begin.timestamp()) // 100_000
            starts.update(range(first, first + 4))
    if starts:
        yield rf"\b(?:{'|'.join(map(str, sorted(starts)))})\d{{5}}(?:(?:\d{{3}}){{1,3}}|\.\d+)?\b"
