"""Cron and time zones. The preview and the scheduler use the same function.

cronsim follows Debian's cron: a time inside a daylight-saving gap fires once at
the first instant after it, a time that occurs twice fires in the first pass,
and a line with any minute or hour follows elapsed time. Times are compared in
UTC, since Python ignores the pass within one zone.
"""

from __future__ import annotations

import bisect
import difflib
import itertools
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from datetime import timezone as fixed_zone
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from cronsim import CronSim, CronSimError

from jupyter_deploy.errors import InvalidInput

MAX_CRON = 100
HORIZON = timedelta(days=3653)
#: Highest value of each field, for steps that could never be taken.
_TOPS = (59, 23, 31, 12, 7)
#: An explanation does not depend on it, but cronsim wants one.
_ANY_TIME = datetime(2000, 1, 1, tzinfo=fixed_zone.utc)
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
    zone, last = _zone(timezone), after.astimezone(fixed_zone.utc)
    end = last + HORIZON
    follows = any(field.startswith("*") for field in _spelled_out(cron).split()[:2])
    fires = _elapsed(cron, zone, last) if follows else _simulation(cron, after.astimezone(zone))
    for due in fires:
        instant = due.astimezone(fixed_zone.utc)
        if instant > end:
            return
        # Starting in the second pass, cronsim answers with times of the first.
        if instant > last:
            last = instant
            yield due


def _elapsed(cron: str, zone: ZoneInfo, after: datetime) -> Iterator[datetime]:
    """Due times of a line with any minute or hour: whenever the wall clock shows them.

    Each stretch between two changes of that clock is simulated by itself: cronsim
    steps by whole hours, which loses times where clocks change by less.
    """
    first, begin, offset = after, after, _offset(after, zone)
    while True:
        for due in _simulation(cron, first.astimezone(fixed_zone(offset))):
            if _offset(due, zone) != offset:
                begin = _change_between(begin, due, zone)
                offset = _offset(begin, zone)
                first = begin - timedelta(seconds=1)  # cronsim goes on with the next one
                break
            yield due.astimezone(zone)
        else:
            return


def _change_between(low: datetime, high: datetime, zone: ZoneInfo) -> datetime:
    """The first second, in UTC, at which the clock no longer goes as at `low`."""
    before, low = _offset(low, zone), low.replace(microsecond=0)
    seconds = (high - low) // timedelta(seconds=1)
    later = range(1, seconds + 1)

    def changed(number: int) -> bool:
        return _offset(low + timedelta(seconds=number), zone) != before

    return low + timedelta(seconds=later[bisect.bisect_left(later, True, key=changed)])


def _offset(moment: datetime, zone: ZoneInfo) -> timedelta:
    offset = moment.astimezone(zone).utcoffset()
    assert offset is not None
    return offset


def _simulation(cron: str, start: datetime) -> CronSim:
    """Raises InvalidInput. A sixth field, cronsim's seconds, is not cron."""
    text = _spelled_out(cron)
    if len(text.split()) != len(_TOPS):
        raise _bad_cron(cron)
    try:
        return CronSim(text, start)
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
    """The schedule in words. Raises InvalidInput."""
    return str(_simulation(cron, _ANY_TIME).explain())


def _spelled_out(cron: str) -> str:
    text = " ".join(cron.split())
    return _ALIASES.get(text.lower(), text)


def _steps_beyond_range(cron: str) -> bool:
    for field, top in zip(cron.split(), _TOPS, strict=False):
        if any(int(step) > top for step in re.findall(r"/([0-9]+)", field)):
            return True
    return False


def _bad_cron(cron: str) -> InvalidInput:
    return InvalidInput(
        f"{cron!r} is not a cron line, or one that never fires.",
        field="schedule.cron",
        hint=_HINT,
    )


def _zone(name: str) -> ZoneInfo:
    if name not in _zones():
        close = difflib.get_close_matches(name, _zones(), 1, 0.6)
        raise InvalidInput(
            f"There is no time zone {name!r}.",
            field="schedule.timezone",
            hint=f"Did you mean {close[0]!r}?" if close else "Use a name like Europe/Berlin.",
        )
    return ZoneInfo(name)


@cache
def _zones() -> frozenset[str]:
    # These two mean what the machine happens to be set to, or nothing at all.
    return frozenset(available_timezones()) - {"localtime", "Factory"}
