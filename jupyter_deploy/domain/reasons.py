"""One sentence for every run: why it is there, or why its due time passed without one.

Times are those of the schedule's own zone, which is named.
"""

from __future__ import annotations

import re
from datetime import datetime
from zoneinfo import ZoneInfo

MAX_NAME = 80
#: A server without accounts makes up such names; they tell nothing.
_MADE_UP = re.compile(r"[0-9a-f]{32}")


def started(by: str | None) -> str:
    person = _person(by)
    return f"Started by {person}." if person else "Started by hand."


def started_again(run_id: int, by: str | None) -> str:
    person = _person(by)
    return f"Run {run_id} again, {f'asked for by {person}' if person else 'started by hand'}."


def tried(version: int, by: str | None) -> str:
    person = _person(by)
    return f"Tries version {version}{f' of {person}' if person else ''} before it goes live."


def due(at: datetime, zone: str) -> str:
    return f"Due at {_clock(at, zone)} {zone} by its schedule."


def made_up_for(at: datetime, now: datetime, zone: str) -> str:
    return f"Made up for: it was due {_when(at, now, zone)}, when nothing was running here."


def missed(at: datetime, now: datetime, zone: str) -> str:
    return f"Missed: nothing was running here {_when(at, now, zone)}."


def missed_range(first: datetime, last: datetime, count: int, zone: str) -> str:
    return (
        f"Missed: nothing was running here for {count} due times, from "
        f"{_date(first, zone)} {_clock(first, zone)} to {_date(last, zone)} {_clock(last, zone)} "
        f"{zone}."
    )


def _person(name: str | None) -> str:
    """A user's name fit for a sentence, empty when there is none."""
    if not name or _MADE_UP.fullmatch(name):
        return ""
    line = " ".join(name.split())
    return line if len(line) <= MAX_NAME else f"{line[: MAX_NAME - 1]}…"


def _when(at: datetime, now: datetime, zone: str) -> str:
    day = _date(at, zone)
    on = "" if day == _date(now, zone) else f"on {day} "
    return f"{on}at {_clock(at, zone)} {zone}"


def _date(at: datetime, zone: str) -> str:
    return f"{at.astimezone(ZoneInfo(zone)):%Y-%m-%d}"


def _clock(at: datetime, zone: str) -> str:
    local = at.astimezone(ZoneInfo(zone))
    other = local.replace(fold=1 - local.fold)
    # Of a time that the night has twice it is said which one it is.
    return f"{local:%H:%M}" if other.utcoffset() == local.utcoffset() else f"{local:%H:%M %Z}"
