"""The report: what of the seeded changes was found, missed, and what was only noise."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest


@dataclass
class Tally:
    found: int = 0
    missed: list[str] = field(default_factory=list)
    noise: list[str] = field(default_factory=list)
    hidden: int = 0


@pytest.fixture(scope="session")
def tally() -> Iterator[Tally]:
    yield (counted := Tally())
    print(  # the report of whoever asks for it with -s
        f"\nseeded changes: {counted.found} found, {len(counted.missed)} missed; "
        f"{len(counted.noise)} told that are none; {counted.hidden} differences hidden"
    )
