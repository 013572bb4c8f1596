"""Where a runner is placed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True)
class Placement:
    """One attempt on its way to a runner; `folder` holds its task.json."""

    run_id: int
    fence: int
    folder: Path


class Executor(Protocol):
    name: str

    def start(self, placement: Placement) -> None:
        """Start the runner; from here on `alive` is true until it is dead.

        Raises OSError when no process can be started.
        """

    def alive(self, placement: Placement) -> bool:
        """Whether the runner lives, also one that an earlier engine started."""

    def cancel(self, placement: Placement) -> None:
        """Ask the runner to stop; nothing happens to a dead one."""

    def kill(self, placement: Placement) -> None:
        """End the runner and all its processes at once."""
