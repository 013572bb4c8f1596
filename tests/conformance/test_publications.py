"""What is published, which of it is shown, and who may read it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from jupyter_deploy.domain.publishing import Column, Publication, Published, read_outputs
from jupyter_deploy.domain.readers import MOST, digest_of_secret
from jupyter_deploy.domain.runs import Closing, RunState
from jupyter_deploy.errors import NotFound, TooMany
from jupyter_deploy.ports.store import NewRun, Store
from jupyter_deploy.testing.samples import NOW, closing, new_version

from .steps import HOUR, LOST, add, deploy

OUTPUTS = read_outputs({"scores": {"table": "scores"}, "auc": {"metric": "auc"}})
GOOD = closing()
DAY = timedelta(days=1)


def table(digit: str) -> Published:
    columns = (Column("n", "integer"), Column("n 2", "any"))
    digest = "sha256:" + digit * 64
    return Published("scores", "table", "application/x", "scores.parquet", 3, digest, 9, columns)


METRIC = Published("auc", "metric", "application/json", "auc.json", value="nan", unit="%")


def deployed(store: Store, name: str = "sales") -> None:
    store.deploy(new_version(name, outputs=OUTPUTS), NOW)


def start(store: Store, name: str = "sales", at: datetime = NOW, engine: str = "here") -> int:
    store.add_run(NewRun(name, {}, None), at)
    [claim] = store.claim(1, "local", at, engine)
    return claim.run.id


def end(store: Store, run: int, how: Closing = GOOD, at: datetime = NOW) -> int:
    store.close(run, 1, how, at)
    return run


def ran(store: Store, name: str = "sales", at: datetime = NOW) -> int:
    return end(store, start(store, name, at), at=at)


def waiting(store: Store, engine: str = "here", before: datetime = NOW - DAY) -> list[int]:
    return [item.run for item in store.unpublished(engine, before, 99)]


def shown(store: Store, name: str = "sales") -> int | None:
    newest = store.newest_publication(name)
    return newest.run if newest else None


def test_outputs_are_part_of_the_version(store: Store) -> None:
    deploy(store)
    before = store.deployment("sales").current
    deployed(store)
    after = store.deployment("sales").current
    assert (before.outputs, after.outputs, after.number) == ((), OUTPUTS, 2)
    _same, created = store.deploy(new_version(outputs=OUTPUTS), NOW)
    assert not created


def test_only_good_runs_of_versions_with_outputs_wait(store: Store) -> None:
    deploy(store, "silent")
    ran(store, "silent")
    deployed(store)
    end(store, start(store), LOST)
    end(store, start(store), closing(RunState.CANCELLED))
    good = ran(store)
    assert waiting(store) == [good]
    [publication] = store.unpublished("here", NOW, 9)
    assert publication == Publication("sales", good, 1, NOW)


def test_engines_publish_their_own_and_what_others_left(store: Store) -> None:
    deployed(store)
    mine = end(store, start(store))
    theirs = end(store, start(store, engine="there"))
    assert waiting(store) == [mine]
    assert waiting(store, before=NOW + HOUR) == [mine, theirs]
    assert [item.run for item in store.unpublished("here", NOW + HOUR, 1)] == [mine]


def test_what_is_published_is_kept_as_it_is(store: Store) -> None:
    deployed(store)
    run = ran(store)
    assert shown(store) is None
    assert store.publish(run, [table("1"), METRIC], None, NOW + HOUR)
    assert not store.publish(run, [], "again", NOW + HOUR)
    publication = store.newest_publication("sales")
    assert publication == store.publication("sales", run)
    assert publication == Publication("sales", run, 1, NOW, NOW + HOUR, (table("1"), METRIC), None)
    assert waiting(store) == []
    assert [event.kind for event in store.events(0, 99)][-1] == "outputs.published"


def test_a_problem_replaces_nothing(store: Store) -> None:
    deployed(store)
    good, bad = ran(store), ran(store, at=NOW + HOUR)
    store.publish(good, [METRIC], None, NOW)
    store.publish(bad, [], "There is no table.", NOW + HOUR)
    assert shown(store) == good
    assert [item.problem for item in store.publications("sales", None, 9)] == [
        "There is no table.",
        None,
    ]
    assert [event.kind for event in store.events(0, 99)][-1] == "outputs.refused"


def test_the_newest_data_win_however_late_older_ones_end(store: Store) -> None:
    deployed(store)
    older, newer = start(store), start(store, at=NOW + HOUR)
    for run in (newer, older):
        end(store, run, at=NOW + 2 * HOUR)
        store.publish(run, [METRIC], None, NOW + 2 * HOUR)
    assert shown(store) == newer
    assert store.publication("sales", older).good


def test_of_data_of_one_time_the_later_run_wins(store: Store) -> None:
    deployed(store)
    first, second = ran(store), ran(store)
    for run in (second, first):
        store.publish(run, [METRIC], None, NOW)
    assert shown(store) == second


def test_history_comes_in_pages(store: Store) -> None:
    deployed(store)
    numbers = [ran(store) for _ in range(3)]
    found = [item.run for item in store.publications("sales", None, 2)]
    assert found == numbers[:0:-1]
    assert [item.run for item in store.publications("sales", found[-1], 2)] == numbers[:1]


def test_another_deployment_of_the_name_shows_nothing_of_the_first(store: Store) -> None:
    deployed(store)
    run = ran(store)
    store.publish(run, [METRIC], None, NOW)
    store.add_reader("sales", "", "sha256:" + "2" * 64, None, NOW)
    store.delete("sales", NOW)
    for look in (store.newest_publication, store.readers):
        with pytest.raises(NotFound):
            look("sales")
    assert store.reader("sha256:" + "2" * 64) is None
    deployed(store)
    assert shown(store) is None
    assert store.readers("sales") == []
    assert store.reader("sha256:" + "2" * 64) is None
    with pytest.raises(NotFound):
        store.publication("sales", run)


def test_pruned_runs_lose_what_nobody_is_shown(store: Store) -> None:
    deployed(store)
    numbers = [ran(store, at=NOW + hours * HOUR) for hours in range(3)]
    for run, digit in zip(numbers, "121", strict=True):
        store.publish(run, [table(digit)], None, NOW)
    assert store.prune(numbers, NOW + DAY) == ["sha256:" + "2" * 64]
    assert [item.run for item in store.publications("sales", None, 9)] == numbers[-1:]
    newer = ran(store, at=NOW + DAY)
    store.publish(newer, [METRIC], None, NOW + DAY)
    assert store.prune([], NOW + DAY) == ["sha256:" + "1" * 64]
    assert [item.run for item in store.publications("sales", None, 9)] == [newer]


def test_a_deleted_deployment_keeps_nothing_that_is_pruned(store: Store) -> None:
    deployed(store)
    run = ran(store)
    store.publish(run, [table("3")], None, NOW)
    store.delete("sales", NOW)
    assert store.prune([run], NOW) == ["sha256:" + "3" * 64]


def test_a_token_is_found_by_its_digest_until_it_is_revoked(store: Store) -> None:
    deployed(store)
    digest = digest_of_secret("secret")
    reader = store.add_reader("sales", "for Ada", digest, "zoe", NOW)
    assert (reader.label, reader.created_by, reader.used_at) == ("for Ada", "zoe", None)
    assert store.reader(digest) == reader
    assert reader.opens("sales", digest)
    assert not reader.opens("other", digest)
    assert not reader.opens("sales", digest_of_secret("Secret"))
    store.note_reading(reader.id, NOW + HOUR)
    revoked = store.revoke_reader("sales", reader.id, NOW + HOUR)
    assert (revoked.used_at, revoked.revoked_at) == (NOW + HOUR, NOW + HOUR)
    assert store.revoke_reader("sales", reader.id, NOW + DAY) == revoked
    assert not revoked.opens("sales", digest)
    assert store.readers("sales") == [revoked]


def test_who_has_no_token_is_told_so(store: Store) -> None:
    deployed(store)
    deployed(store, "other")
    reader = store.add_reader("other", "", digest_of_secret("x"), None, NOW)
    with pytest.raises(NotFound):
        store.revoke_reader("sales", reader.id, NOW)
    with pytest.raises(NotFound):
        store.add_reader("nobody", "", digest_of_secret("y"), None, NOW)
    assert store.reader(digest_of_secret("z")) is None


def test_tokens_are_bounded(store: Store) -> None:
    deployed(store)
    for number in range(MOST):
        store.add_reader("sales", "", digest_of_secret(str(number)), None, NOW)
    with pytest.raises(TooMany):
        store.add_reader("sales", "", digest_of_secret("more"), None, NOW)
    store.revoke_reader("sales", store.readers("sales")[0].id, NOW)
    store.add_reader("sales", "", digest_of_secret("more"), None, NOW)


def test_runs_of_before_have_nothing_to_publish(store: Store) -> None:
    deploy(store)
    add(store)
    deployed(store)
    [claim] = store.claim(1, "local", NOW, "here")
    end(store, claim.run.id)
    assert waiting(store) == []
