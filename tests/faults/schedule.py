"""Faults drawn at random, the same ones for the same seed."""

from __future__ import annotations

import os
import random
from collections.abc import Mapping
from dataclasses import dataclass

#: How often each comes, in relation to the others.
EVERYWHERE = {
    "kill engine": 20,
    "kill runner": 22,
    "kill kernel": 16,
    "pause runner": 8,
    "stop engine": 8,
    "cancel": 8,
    "burst": 8,
    "due": 6,
}
SHARED = {**EVERYWHERE, "pause engine": 6, "restart database": 3}
#: Seconds between two faults.
PAUSES = (0.05, 0.9)


@dataclass(frozen=True)
class Fault:
    """`pause` in seconds after the one before; `pick` and `length` from 0 to 1."""

    kind: str
    pause: float
    pick: float
    length: float


def draw(weights: Mapping[str, int], count: int, seed: int) -> list[Fault]:
    chance = random.Random(seed)
    kinds = chance.choices(list(weights), list(weights.values()), k=count)
    return [
        Fault(kind, chance.uniform(*PAUSES), chance.random(), chance.random()) for kind in kinds
    ]


def wanted() -> tuple[int, int]:
    """How many faults, and the seed."""
    count = int(os.environ.get("FAULTS", "50"))
    seed = os.environ.get("FAULTS_SEED")
    return count, int(seed) if seed else random.SystemRandom().randrange(10**6)
