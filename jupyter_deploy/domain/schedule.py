"""When a deployment runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

CATCH_UP = ("none", "latest", "all")
OVERLAP = ("skip", "allow")


@dataclass(frozen=True)
class Schedule:
    """Cron in a time zone; what to do with missed times and running runs."""

    cron: str
    timezone: str
    catch_up: str = "latest"
    overlap: str = "skip"

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Schedule:
        """Raises TypeError for a document of another form."""
        return cls(**data)
