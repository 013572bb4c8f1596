"""Schedules of a real engine on the real clock, as `scheduled` has started them."""

from __future__ import annotations

from datetime import datetime, timedelta

import psutil
import pytest

from .conftest import Document, Scheduled, until


@pytest.fixture(autouse=True)
def past(scheduled: Scheduled) -> None:
    """The first due times have passed."""
    last = max(scheduled.due.values())
    until(lambda: datetime.now().astimezone() > last + timedelta(seconds=1.5), 65, 0.2)


def first(scheduled: Scheduled, name: str, state: str | None = None) -> Document:
    *_, run = scheduled.place.client.runs(name, state)["runs"]
    found: Document = run
    return found


def late(text: str, due: datetime) -> float:
    return (datetime.fromisoformat(text) - due).total_seconds()


def test_fires_within_two_seconds(scheduled: Scheduled) -> None:
    due = scheduled.due["prompt"]
    fired = first(scheduled, "prompt")
    assert fired["trigger"] == "schedule"
    assert datetime.fromisoformat(fired["due_at"]) == due
    assert 0 <= late(fired["created_at"], due) < 2
    ended = scheduled.place.ended(fired["id"])
    assert 0 <= late(ended["started_at"], due) < 2
    assert ended["verdict"] == "succeeded"


def test_skips_while_a_run_is_open(scheduled: Scheduled) -> None:
    skipped = first(scheduled, "busy", "skipped")
    assert skipped["reason"] == f"Skipped: run {scheduled.blocking} was still open."
    assert datetime.fromisoformat(skipped["due_at"]) == scheduled.due["busy"]


def test_every_due_time_is_one_row(scheduled: Scheduled) -> None:
    due = scheduled.due["prompt"]
    runs = scheduled.place.client.runs("prompt")["runs"]
    times = [datetime.fromisoformat(run["due_at"]) for run in reversed(runs)]
    assert times == [due + timedelta(minutes=number) for number in range(len(times))]


def test_a_schedule_keeps_the_engine(scheduled: Scheduled) -> None:
    """Its quiet time is four seconds, and the only run that stays open is cancelled."""
    scheduled.place.client.cancel(scheduled.blocking)
    scheduled.place.ended(scheduled.blocking)
    assert scheduled.place.client.health()["keeps_alive"][-1] == "2 schedules in force"
    scheduled.place.disconnect()
    with pytest.raises(psutil.TimeoutExpired):
        scheduled.engine.wait(10)  # it looks every five seconds
