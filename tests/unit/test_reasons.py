"""Why a run is there, in a sentence."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from jupyter_deploy.domain import reasons
from jupyter_deploy.domain.reasons import MAX_NAME

UTC = timezone.utc
BERLIN = "Europe/Berlin"


@pytest.mark.parametrize(
    ("by", "sentence"),
    [
        (None, "Started by hand."),
        ("ada", "Started by ada."),
        ("Zoë 李", "Started by Zoë 李."),
        ("a\nX-Other: b", "Started by a X-Other: b."),
        ("0123456789abcdef0123456789abcdef", "Started by hand."),
        ("x" * 300, f"Started by {'x' * (MAX_NAME - 1)}…."),
    ],
)
def test_who_started_it(by: str | None, sentence: str) -> None:
    assert reasons.started(by) == sentence


def test_what_is_run_again() -> None:
    assert reasons.started_again(12, "ada") == "Run 12 again, asked for by ada."
    assert reasons.started_again(12, None) == "Run 12 again, started by hand."


@pytest.mark.parametrize(
    ("at", "zone", "clock"),
    [
        (datetime(2026, 3, 3, 5, tzinfo=UTC), BERLIN, "06:00"),
        (datetime(2026, 3, 3, 5, tzinfo=UTC), "Asia/Kathmandu", "10:45"),
        (datetime(2026, 3, 3, 5, tzinfo=timezone(timedelta(hours=5))), "UTC", "00:00"),
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), BERLIN, "02:30 CEST"),
        (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), BERLIN, "02:30 CET"),
        (datetime(2026, 10, 25, 2, 30, tzinfo=UTC), BERLIN, "03:30"),
    ],
)
def test_times_are_on_the_schedules_clock(at: datetime, zone: str, clock: str) -> None:
    assert reasons.due(at, zone) == f"Due at {clock} {zone} by its schedule."


def test_another_day_is_named_and_days_are_the_zones_own() -> None:
    at, now = datetime(2026, 3, 3, 23, 30, tzinfo=UTC), datetime(2026, 3, 4, 1, tzinfo=UTC)
    assert reasons.missed(at, now, "UTC").endswith(" on 2026-03-03 at 23:30 UTC.")
    assert reasons.missed(at, now, BERLIN).endswith(" here at 00:30 Europe/Berlin.")
    made_up = reasons.made_up_for(at, now, BERLIN)
    assert (
        made_up == "Made up for: it was due at 00:30 Europe/Berlin, when nothing was running here."
    )
    assert reasons.missed_range(at, now, 3, BERLIN) == (
        "Missed: nothing was running here for 3 due times, "
        "from 2026-03-04 00:30 to 2026-03-04 02:00 Europe/Berlin."
    )
