"""What is left of the machine that runs are placed on."""

from __future__ import annotations

from typing import Protocol


class Machine(Protocol):
    def free_disk(self) -> int:
        """Bytes that a run may still write where runs are kept."""

    def write(self) -> None:
        """Write a little where runs are kept, and remove it. Raises OSError."""

    def free_memory(self) -> int:
        """Bytes that a new process can have without others being swapped out."""
