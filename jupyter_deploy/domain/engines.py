"""Engines that share a database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Member:
    """One engine: `id` stands for its data directory, `term` for its time without a break.

    An engine that restarts within its lease goes on in the same term; one whose
    lease has run out and was taken over begins another.
    """

    id: str
    term: str
    host: str
    pid: int


@dataclass(frozen=True)
class Seen:
    """A member as the others see it."""

    member: Member
    since: datetime
    alive: bool
