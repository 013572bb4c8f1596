"""Engines that share a store: leases, and what becomes of the runs of a silent one."""

from __future__ import annotations

from dataclasses import replace

from jupyter_deploy.domain.engines import Member
from jupyter_deploy.domain.runs import RunState
from jupyter_deploy.ports.store import Store
from jupyter_deploy.testing.samples import NOW, closing

from .steps import LOST, add, deploy, retried

HERE = Member("here", "term 1", "laptop", 11)
THERE = Member("there", "term 2", "server", 22)
LONG = 3600.0
#: A lease that has passed as soon as it is given.
PAST = -1.0


def running_there(store: Store, count: int = 1) -> None:
    """Both engines are known; the other one runs these and has fallen silent."""
    deploy(store)
    add(store, count=count)
    store.join(HERE, LONG)
    store.join(THERE, LONG)
    store.claim(count, "local", NOW, "there")
    assert store.renew(THERE, PAST)


def test_engines_see_each_other(store: Store) -> None:
    assert store.engines() == []
    assert store.join(HERE, LONG) == HERE
    assert store.join(THERE, PAST) == THERE
    seen = store.engines()
    assert [(item.member, item.alive) for item in seen] == [(HERE, True), (THERE, False)]
    assert all(item.since.tzinfo for item in seen)


def test_the_term_goes_on_over_a_restart(store: Store) -> None:
    store.join(HERE, PAST)
    again = replace(HERE, term="another", pid=12)
    assert store.join(again, LONG) == replace(again, term="term 1")
    [seen] = store.engines()
    assert (seen.member.pid, seen.alive) == (12, True)
    assert store.renew(HERE, LONG)
    assert not store.renew(again, LONG)


def test_a_lease_that_has_run_out_can_be_renewed_until_somebody_takes_over(store: Store) -> None:
    running_there(store)
    assert store.renew(THERE, LONG)
    assert store.take_over(HERE) == []
    assert [run.id for run in store.running("there")] == [1]


def test_the_runs_of_a_silent_engine_become_ours(store: Store) -> None:
    running_there(store, 2)
    events = store.last_event()
    taken = store.take_over(HERE)
    assert [(run.id, run.fence, run.state) for run in taken] == [
        (1, 1, RunState.RUNNING),
        (2, 1, RunState.RUNNING),
    ]
    assert taken[0].attempts[0].engine == "there"
    assert [run.id for run in store.running("here")] == [1, 2]
    assert store.running("there") == []
    assert [item.member for item in store.engines()] == [HERE]
    assert store.last_event() == events
    assert store.take_over(HERE) == []


def test_who_was_taken_over_is_told_so(store: Store) -> None:
    running_there(store)
    store.take_over(HERE)
    assert not store.renew(THERE, LONG)
    fresh = replace(THERE, term="term 3")
    assert store.join(fresh, LONG) == fresh
    assert store.running("there") == []


def test_what_was_claimed_after_a_takeover_is_not_lost(store: Store) -> None:
    running_there(store)
    store.take_over(HERE)
    add(store)
    store.claim(1, "local", NOW, "there")  # it stood still and does not know yet
    assert [run.id for run in store.take_over(HERE)] == [2]
    assert [run.id for run in store.running("here")] == [1, 2]


def test_an_engine_does_not_take_its_own(store: Store) -> None:
    running_there(store)
    assert store.take_over(THERE) == []
    assert store.renew(THERE, LONG)


def test_what_the_silent_engine_closed_stays_closed(store: Store) -> None:
    running_there(store, 2)
    store.close(1, 1, closing(), NOW)
    assert [run.id for run in store.take_over(HERE)] == [2]
    assert store.run(1).state == "succeeded"


def test_the_first_end_counts_whoever_tells_of_it(store: Store) -> None:
    running_there(store, 2)
    store.take_over(HERE)
    assert store.close(1, 1, closing(), NOW)  # it had finished after all
    assert not store.close(1, 1, LOST, NOW)
    assert store.close(2, 1, retried(NOW), NOW)
    [claim] = store.claim(1, "local", NOW, "here")
    assert (claim.run.id, claim.fence) == (2, 2)
    assert not store.close(2, 1, closing(), NOW)
    assert [attempt.engine for attempt in store.run(2).attempts] == ["there", "here"]


def test_the_digest_of_a_ledger_is_kept_with_its_attempt(store: Store) -> None:
    deploy(store)
    add(store)
    store.claim(1, "local", NOW, "here")
    digest = "sha256:" + "0" * 64
    store.close(1, 1, replace(closing(), ledger=digest), NOW)
    assert store.run(1).attempts[0].ledger == digest
