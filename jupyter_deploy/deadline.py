"""Until when the runners of an engine may live, as a file tells them.

Standard library only and without side effects at import: every runner loads it.
"""

from __future__ import annotations

import json
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from jupyter_deploy.durable import write_whole

#: The file in an attempt's folder that says that its runner ended itself.
LAPSED = "lapsed"


def boot_time() -> float:
    """Seconds on a clock that all processes here share, that is never set, and that
    goes on while the machine sleeps where the system has such a one."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


@dataclass(frozen=True)
class Deadline:
    """`until` counts as `boot_time` does."""

    term: str
    until: float

    def write(self, path: Path) -> None:
        """At any instant the file is absent or whole. Raises OSError."""
        write_whole(path, json.dumps(asdict(self)).encode())

    @classmethod
    def read(cls, path: Path) -> Deadline:
        """Raises OSError or ValueError."""
        document = json.loads(path.read_text(encoding="utf-8"))
        return cls(str(document["term"]), float(document["until"]))

    def holds(self, term: str) -> bool:
        return self.term == term and boot_time() < self.until
