"""Where secrets are kept."""

from __future__ import annotations

from typing import Protocol


class Keeper(Protocol):
    """Values by name. Every method raises Unavailable when the place cannot be used."""

    kind: str

    def put(self, name: str, value: str) -> None:
        """Keep the value, in place of an older one."""

    def get(self, name: str) -> str | None:
        """The value; None when there is none."""

    def remove(self, name: str) -> None:
        """Nothing happens when there is none."""
