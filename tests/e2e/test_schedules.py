"""Schedules of a real engine on the real clock: the longest wait is one minute."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import psutil
import pytest

from .conftest import Document, Place, until

EVERY_MINUTE = {"cron": "* * * * *", "timezone": "Europe/Berlin"}


@pytest.mark.timeout(120)
def test_due_schedules_fire_and_keep_the_engine(make_place: Callable[..., Place]) -> None:
    """One minute for all: firing on time, skipping, pausing, staying."""
    place = make_place(quiet_seconds=1, max_running=3)
    pid = place.start_engine()
    place.deploy("prompt", "print('fired')", schedule=EVERY_MINUTE)
    place.deploy("busy", "import time\ntime.sleep(600)", schedule=EVERY_MINUTE)
    place.deploy("resting", "1", schedule=EVERY_MINUTE)
    place.client.set_paused("resting", True)
    blocking = place.run("busy")
    keeps = place.client.health()["keeps_alive"]
    assert "2 schedules in force" in keeps
    engine = psutil.Process(pid)
    place.disconnect()  # nobody asks: only the schedules keep it
    due = datetime.now().astimezone().replace(second=0, microsecond=0) + timedelta(minutes=1)
    until(lambda: datetime.now().astimezone() > due + timedelta(seconds=1.5), 65, 0.2)
    assert engine.is_running()

    fired = only(place, "prompt")
    assert fired["trigger"] == "schedule"
    assert datetime.fromisoformat(fired["due_at"]) == due
    assert 0 <= late(fired["created_at"], due) < 2
    ended = place.ended(fired["id"])
    assert 0 <= late(ended["started_at"], due) < 2
    assert ended["verdict"] == "succeeded"

    skipped = only(place, "busy", state="skipped")
    assert skipped["reason"] == f"Skipped: run {blocking} was still open."
    assert datetime.fromisoformat(skipped["due_at"]) == due
    assert place.client.runs("resting")["runs"] == []
    place.client.cancel(blocking)


def only(place: Place, name: str, state: str | None = None) -> Document:
    [run] = place.client.runs(name, state)["runs"]
    found: Document = run
    return found


def late(text: str, due: datetime) -> float:
    return (datetime.fromisoformat(text) - due).total_seconds()
