"""The time of day."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from jupyter_deploy.ports.clock import Clock, SystemClock
from jupyter_deploy.testing.fakes import ManualClock


@pytest.mark.parametrize("clock", [SystemClock(), ManualClock()], ids=["system", "manual"])
def test_times_are_aware_and_utc(clock: Clock) -> None:
    first, second = clock.now(), clock.now()
    assert first.utcoffset() == timedelta(0)
    assert first <= second


def test_the_system_clock_tells_the_time() -> None:
    before = datetime.now(timezone.utc)
    assert before <= SystemClock().now() <= datetime.now(timezone.utc)
