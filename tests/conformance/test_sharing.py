"""Two engines at the same rows of one PostgreSQL database, at the same moment."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from jupyter_deploy.artifacts.files import FileBlobStore
from jupyter_deploy.artifacts.shared import SharedBlobStore
from jupyter_deploy.domain.bundle import digest_of
from jupyter_deploy.domain.engines import Member
from jupyter_deploy.domain.firing import Firing, Planned
from jupyter_deploy.domain.runs import OutputFile, RunState
from jupyter_deploy.errors import Conflict, NotFound
from jupyter_deploy.ports.store import NewRun, RunQuery
from jupyter_deploy.store.blobs import PART, DatabaseBlobs
from jupyter_deploy.store.database import open_database
from jupyter_deploy.store.listening import Listener
from jupyter_deploy.store.sql import SqlStore
from jupyter_deploy.testing import postgres
from jupyter_deploy.testing.samples import HOURLY, NOW, bundle, closing, new_version

from .steps import HOUR, add, deploy

Pair = tuple[SqlStore, SqlStore]
ENGINES = ("here", "there")


@pytest.fixture
def url(server: postgres.Server) -> str:
    return server.database()


@pytest.fixture
def pair(url: str) -> Iterator[Pair]:
    stores = (SqlStore(open_database(url)), SqlStore(open_database(url)))
    yield stores
    for store in stores:
        store.dispose()


def at_once(pair: Pair, work: Callable[[SqlStore, str], object]) -> list[object]:
    """What both get when they begin together."""
    begin = threading.Barrier(2)

    def one(store: SqlStore, engine: str) -> object:
        begin.wait(10)
        return work(store, engine)

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(one, pair, ENGINES))


def test_no_run_is_claimed_twice(pair: Pair) -> None:
    deploy(pair[0])
    add(pair[0], count=60)

    def claim_all(store: SqlStore, engine: str) -> list[int]:
        found: list[int] = []
        while claims := store.claim(3, "local", NOW, engine):
            found += [claim.run.id for claim in claims]
        return found

    first, second = at_once(pair, claim_all)
    assert isinstance(first, list) and isinstance(second, list)
    assert Counter(first + second) == Counter(range(1, 61))
    assert first and second


def test_what_another_engine_is_claiming_is_passed_over(url: str, pair: Pair) -> None:
    deploy(pair[0])
    add(pair[0], count=2)
    with psycopg.connect(url) as other:
        other.execute("SELECT * FROM runs WHERE id = 1 FOR UPDATE")
        [claim] = pair[1].claim(2, "local", NOW, "there")
    assert claim.run.id == 2


@pytest.mark.parametrize("limit", [1, 2])
def test_a_deployment_has_no_more_running_than_it_may(pair: Pair, limit: int) -> None:
    for number in range(8):
        name = f"sales{number}"
        deploy(pair[0], name, max_running=limit)
        add(pair[0], name, count=4)
    at_once(pair, lambda store, engine: [store.claim(3, "local", NOW, engine) for _ in range(10)])
    running = Counter(run.deployment for run in pair[0].runs(RunQuery(state=RunState.RUNNING)))
    assert set(running.values()) == {limit}
    assert len(running) == 8


def test_a_due_time_has_one_row(pair: Pair) -> None:
    for number in range(20):
        deploy(pair[0], f"sales{number}", HOURLY)
    firing = Firing(NOW + HOUR, RunState.QUEUED, "Due.")

    def fire_all(store: SqlStore, _engine: str) -> int:
        due = store.due_schedules(NOW + HOUR, 100)
        plans = [Planned(item, [firing], NOW + 2 * HOUR) for item in due]
        # Together and one by one: both happen, and meet each other.
        return store.fire(plans[:10], NOW + HOUR) + sum(
            store.fire([plan], NOW + HOUR) for plan in plans[10:]
        )

    first, second = at_once(pair, fire_all)
    assert isinstance(first, int) and isinstance(second, int)
    assert first + second == 20
    assert len(pair[0].runs(RunQuery())) == 20


def test_a_key_starts_one_run(pair: Pair) -> None:
    deploy(pair[0])
    new = NewRun("sales", {}, None, key="monday")
    for _ in range(5):

        def start(store: SqlStore, _engine: str, new: NewRun = new) -> int:
            return store.add_run(new, NOW)[0].id

        assert len(set(at_once(pair, start))) == 1
        new = replace(new, key=f"{new.key}!")
    assert len(pair[0].runs(RunQuery())) == 5


def test_a_name_is_given_once(pair: Pair) -> None:
    def take(store: SqlStore, engine: str) -> str:
        try:
            store.deploy(new_version("sales", bundle=new_version(engine).bundle), NOW)
        except Conflict:
            return "refused"
        return "taken"

    assert sorted(map(str, at_once(pair, take))) == ["refused", "taken"]
    assert len(pair[0].versions("sales")) == 1


def test_versions_that_come_together_have_their_own_numbers(pair: Pair) -> None:
    deploy(pair[0])
    at_once(
        pair,
        lambda store, engine: store.deploy(new_version(parameters={"by": engine}), NOW),
    )
    versions = pair[0].versions("sales")
    assert [version.number for version in versions] == [3, 2, 1]
    assert [version.state for version in versions] == ["live", "superseded", "superseded"]


def test_cancelling_what_is_being_claimed(pair: Pair) -> None:
    deploy(pair[0])
    add(pair[0], count=30)

    def work(store: SqlStore, engine: str) -> list[int]:
        if engine == "there":
            return [store.request_cancel(number, NOW).id for number in range(1, 31)]
        found: list[int] = []
        while claims := store.claim(1, "local", NOW, engine):
            found += [claim.run.id for claim in claims]
        return found

    claimed, _ = at_once(pair, work)
    assert isinstance(claimed, list)
    for run in pair[0].runs(RunQuery()):
        state = "running" if run.id in claimed else "cancelled"
        assert (run.state, run.cancel_requested) == (state, True)
    assert pair[0].to_cancel() == sorted(claimed)


def test_a_silent_engine_is_taken_over_once(pair: Pair) -> None:
    deploy(pair[0])
    add(pair[0], count=10)
    gone = Member("gone", "its term", "host", 1)
    pair[0].join(gone, 3600)
    pair[0].claim(10, "local", NOW, "gone")
    pair[0].renew(gone, -1)
    members = {name: Member(name, name, "host", 1) for name in ENGINES}
    for member in members.values():
        pair[0].join(member, 3600)
    first, second = at_once(pair, lambda store, engine: store.take_over(members[engine]))
    assert sorted([len(first), len(second)]) == [0, 10]  # type: ignore[arg-type]


def test_renewing_and_taking_over_exclude_each_other(pair: Pair) -> None:
    deploy(pair[0])
    thief = Member("there", "there", "host", 1)
    for number in range(20):
        owner = Member("here", f"term {number}", "host", 1)
        owner = pair[0].join(owner, 3600)
        add(pair[0])
        pair[0].claim(1, "local", NOW, "here")
        pair[0].renew(owner, -1)

        def work(store: SqlStore, engine: str, owner: Member = owner) -> bool:
            return store.renew(owner, 3600) if engine == "here" else bool(store.take_over(thief))

        renewed, taken = at_once(pair, work)
        assert renewed != taken
        for run in (*pair[0].running("here"), *pair[0].running("there")):
            pair[0].close(run.id, run.fence, closing(), NOW)


def test_a_change_wakes_the_other_engine(url: str, pair: Pair) -> None:
    woken = threading.Event()
    engine = open_database(url)
    listener = Listener(engine.url, woken.set)
    try:
        assert listener.listening.wait(10)
        assert not woken.is_set()
        deploy(pair[0])
        assert woken.wait(10)
    finally:
        listener.close()
        engine.dispose()


@pytest.fixture
def shared(url: str, tmp_path: Path) -> Iterator[Callable[[str], SharedBlobStore]]:
    engine = open_database(url)
    yield lambda name: SharedBlobStore(FileBlobStore(tmp_path / name), DatabaseBlobs(engine))
    engine.dispose()


@pytest.mark.parametrize("size", [0, 5, PART, 2 * PART + 1])
def test_what_one_engine_stores_another_reads(
    shared: Callable[[str], SharedBlobStore], size: int
) -> None:
    content = b"x" * size
    digest = digest_of(content)
    here, there = shared("here"), shared("there")
    assert not there.has(digest)
    with pytest.raises(NotFound):
        there.path(digest)
    for _ in range(2):
        here.put(digest, [content])
    assert there.has(digest)
    assert there.path(digest).read_bytes() == content


def test_blobs_go_with_the_last_run_that_has_them(
    pair: Pair, shared: Callable[[str], SharedBlobStore]
) -> None:
    store, blobs = pair[0], shared("here")
    contents = {name: name.encode() for name in ("ledger 1", "ledger 2", "same", "captured")}
    for content in contents.values():
        blobs.put(digest_of(content), [content])
    digest = {name: digest_of(content) for name, content in contents.items()}
    captured = bundle("sales.ipynb", contents["captured"])
    store.deploy(new_version(bundle=captured), NOW)
    for number, outputs in ((1, ("same", "captured")), (2, ("same",))):
        add(store)
        store.claim(1, "local", NOW, "here")
        left = tuple(OutputFile(name, "text/plain", 1, digest[name]) for name in outputs)
        end = closing(RunState.CANCELLED, outputs=left, ledger=digest[f"ledger {number}"])
        store.close(number, 1, end, NOW)
    store.prune([1], NOW)
    assert [name for name in contents if not blobs.has(digest[name])] == ["ledger 1"]
    store.prune([2], NOW)
    assert [name for name in contents if blobs.has(digest[name])] == ["captured"]
