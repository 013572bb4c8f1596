"""Engines that share a store in memory."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone

from jupyter_deploy.domain.engines import Member, Seen


class Members:
    def __init__(self) -> None:
        #: Member, since when, and the end of its lease.
        self._held: dict[str, tuple[Member, datetime, datetime]] = {}

    def join(self, member: Member, lease: float) -> Member:
        before = self._held.get(member.id)
        if before is not None:
            member = replace(member, term=before[0].term)
        now = _now()
        self._held[member.id] = (member, now, now + timedelta(seconds=lease))
        return member

    def renew(self, member: Member, lease: float) -> bool:
        before = self._held.get(member.id)
        if before is None or before[0].term != member.term:
            return False
        self._held[member.id] = (before[0], before[1], _now() + timedelta(seconds=lease))
        return True

    def end_silent(self, member: Member) -> None:
        """The others whose lease has passed are forgotten."""
        now = _now()
        gone = {
            key for key, (_member, _since, until) in self._held.items()
            if key != member.id and until <= now
        }  # fmt: skip
        for key in gone:
            del self._held[key]

    def seen(self) -> list[Seen]:
        now = _now()
        return [Seen(member, since, until > now) for member, since, until in self._held.values()]


def _now() -> datetime:
    return datetime.now(timezone.utc)
