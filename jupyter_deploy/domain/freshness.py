"""How old data are, in words."""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo

DAY = timedelta(days=1)
#: Within which a day of the week says enough.
WEEK = timedelta(days=6)


def freshness(data_at: datetime, now: datetime, zone: tzinfo | None) -> str:
    """`data of Tue 06:02, 3 h old`, on the clock of this zone, None for this machine's."""
    at, age = data_at.astimezone(zone), max(now - data_at, timedelta())
    form = "%a %H:%M" if age < WEEK else "%a %d %b %Y %H:%M"
    return f"data of {at:{form}}, {_age(age)}"


def _age(age: timedelta) -> str:
    seconds = int(age.total_seconds())
    if seconds < 60:
        return "new"
    if seconds < 3600:
        return f"{seconds // 60} min old"
    if age < 2 * DAY:
        return f"{seconds // 3600} h old"
    return f"{age.days} d old"
