"""When a deployment runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

CATCH_UP = ("none", "latest", "all")
OVERLAP = ("skip", "queue_one", "queue_all", "cancel_previous", "allow")


@dataclass(frozen=True)
class Schedule:
    """Cron in a time zone; what to do with missed times and running runs.

    `jitter` in seconds: each run starts up to so much after its due time.
    """

    cron: str
    timezone: str
    catch_up: str = "latest"
    overlap: str = "skip"
    jitter: float = 0.0

    @property
    def one_at_a_time(self) -> bool:
        """Its runs wait for each other."""
        return self.overlap != "allow"

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Schedule:
        """Raises TypeError for a document of another form."""
        return cls(**data)
