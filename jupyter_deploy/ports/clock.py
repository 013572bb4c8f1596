"""Time as a dependency, so that tests can move it."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Protocol


class Clock(Protocol):
    def now(self) -> datetime:
        """The time of day, aware, UTC."""


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(timezone.utc)
