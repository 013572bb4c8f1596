"""An engine's lease: what becomes of what it runs when others have ended its term."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from jupyter_deploy.deadline import Deadline
from jupyter_deploy.domain.engines import Member
from jupyter_deploy.engine.lease import Lease
from jupyter_deploy.errors import Unavailable

from .conftest import Parts

OTHER = Member("other", "its term", "server", 2)
SECONDS = 30.0


@pytest.fixture
def lease(parts: Parts, tmp_path: Path) -> Lease:
    own = Member("here", "at first", "laptop", 1)
    lease = Lease(parts.store, parts.watcher, own, SECONDS, tmp_path / "lease.json")
    parts.store.join(OTHER, 3600)
    return lease


def taken_over(parts: Parts, lease: Lease) -> None:
    """As after a long stand-still."""
    parts.store.renew(lease.member, -1)
    parts.store.take_over(OTHER)
    lease._renew_at = 0.0


def test_runners_are_told_until_when_they_may_live(lease: Lease) -> None:
    lease.begin()
    assert Deadline.read(lease.file).holds(lease.member.term)


def test_what_ran_is_ended_and_the_term_is_a_new_one(parts: Parts, lease: Lease) -> None:
    lease.begin()
    parts.deploy()
    parts.queue()
    parts.dispatcher.fill()
    before = lease.member.term
    taken_over(parts, lease)
    lease.hold()
    assert parts.executor.living == set()
    assert len(parts.watcher) == 0
    assert lease.member.term != before
    assert not Deadline.read(lease.file).holds(before)


def test_what_was_claimed_after_the_takeover_is_watched(parts: Parts, lease: Lease) -> None:
    lease.begin()
    parts.deploy()
    taken_over(parts, lease)
    parts.queue()
    parts.dispatcher.fill()  # it has not looked since
    assert parts.executor.started() == [1]
    lease.hold()
    assert parts.executor.living == set()
    parts.watcher.check()
    assert [attempt.outcome for attempt in parts.run(1).attempts] == ["runner died"]


def test_a_term_that_was_ended_does_not_come_back(
    parts: Parts, lease: Lease, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also when the engine has to begin a second time, since the first went wrong."""
    earlier = parts.store.join(replace(lease.member, term="of the process before"), SECONDS)
    lease.begin()
    assert lease.member.term == earlier.term
    taken_over(parts, lease)
    parts.store.broken = {"join"}
    with pytest.raises(Unavailable):
        lease.begin()
    parts.store.broken = set()
    lease.begin()
    assert lease.member.term != earlier.term
