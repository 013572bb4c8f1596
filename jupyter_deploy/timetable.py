"""Cron and time zones. The preview and the scheduler use the same function.

cronsim follows Debian's cron: a time inside a daylight-saving gap fires at the
first instant after it, a time that occurs twice fires in the first pass.
"""

from __future__ import annotations

import difflib
import itertools
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from cronsim import CronSim, CronSimError

from jupyter_deploy.errors import InvalidInput

MAX_CRON = 100
HORIZON = timedelta(days=3653)
#: Highest value of each field, for steps that could never be taken.
_TOPS = (59, 23, 31, 12, 7)
_ALIASES = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}
_HINT = (
    "Use five fields: minute hour day-of-month month day-of-week, "
    "for example '0 6 * * mon-fri' for weekdays at 06:00."
)


def next_fires(
    cron: str,
    timezone: str,
    after: datetime,
    count: int,
    *,
    until: datetime | None = None,
) -> list[datetime]:
    """At most `count` due times later than `after`, up to `until`, in the schedule's zone."""
    fires = _fires(cron, timezone, after)
    if until is not None:
        fires = itertools.takewhile(lambda due: due <= until, fires)
    return list(itertools.islice(fires, count))


def _fires(cron: str, timezone: str, after: datetime) -> Iterator[datetime]:
    start = after.astimezone(_zone(timezone))
    end = after + HORIZON
    try:
        for due in CronSim(_spelled_out(cron), start):
            if due > end:
                return
            yield due
    except CronSimError as error:
        raise _bad_cron(cron) from error


def check_schedule(cron: str, timezone: str, now: datetime) -> None:
    """Raises InvalidInput (fields `schedule.cron`, `schedule.timezone`)."""
    _zone(timezone)
    if not cron.isascii() or len(cron) > MAX_CRON:
        raise InvalidInput(
            f"A cron line has at most {MAX_CRON} ASCII characters.",
            field="schedule.cron",
            hint=_HINT,
        )
    if _steps_beyond_range(_spelled_out(cron)):
        raise InvalidInput(
            f"A step in {cron!r} is larger than its field.",
            field="schedule.cron",
            hint=_HINT,
        )
    if not next_fires(cron, timezone, now, 1):
        raise InvalidInput(
            f"{cron!r} never fires within the next ten years.",
            field="schedule.cron",
            hint="Check day and month, for example 30 February does not exist.",
        )


def explain(cron: str) -> str:
    """The schedule in words."""
    try:
        return str(CronSim(_spelled_out(cron), datetime(2026, 1, 1)).explain())
    except CronSimError as error:
        raise _bad_cron(cron) from error


def _spelled_out(cron: str) -> str:
    text = " ".join(cron.split())
    return _ALIASES.get(text.lower(), text)


def _steps_beyond_range(cron: str) -> bool:
    for field, top in zip(cron.split(), _TOPS, strict=False):
        if any(int(step) > top for step in re.findall(r"/(\d+)", field)):
            return True
    return False


def _bad_cron(cron: str) -> InvalidInput:
    return InvalidInput(
        f"{cron!r} is not a cron line that ever fires.",
        field="schedule.cron",
        hint=_HINT,
    )


def _zone(name: str) -> ZoneInfo:
    if name not in _zones():
        close = difflib.get_close_matches(name, _zones(), 1, 0.6)
        raise InvalidInput(
            f"There is no time zone {name!r}.",
            field="schedule.timezone",
            hint=f"Did you mean {close[0]!r}?"
            if close
            else "Use a name like Europe/Berlin.",
        )
    return ZoneInfo(name)


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())
