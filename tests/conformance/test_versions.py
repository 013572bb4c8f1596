"""Deployments, their versions and their schedules."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from jupyter_deploy.domain.bundle import CapturedFile, Finding, Git, Parameter, digest_of
from jupyter_deploy.domain.environment import Environment, Package
from jupyter_deploy.domain.runs import RunState
from jupyter_deploy.domain.schedule import Schedule
from jupyter_deploy.errors import Conflict, NotFound
from jupyter_deploy.ports.store import NewRun, RunQuery, Store
from jupyter_deploy.testing.samples import HOURLY, NOW, bundle, new_version

LATER = NOW + timedelta(minutes=10)
HOUR = timedelta(hours=1)


def kinds(store: Store) -> list[str]:
    return [event.kind for event in store.events(0, 1000)]


def test_the_first_version_is_live(store: Store) -> None:
    new = new_version(parameters={"n": 3}, schedule=HOURLY, created_by="ada")
    deployment, created = store.deploy(new, NOW)
    assert created is True
    live = deployment.current
    assert (deployment.name, deployment.paused) == ("sales", False)
    assert (live.number, live.state, live.digest) == (1, "live", new.digest)
    assert (live.bundle, live.parameters, live.schedule) == (new.bundle, {"n": 3}, HOURLY)
    assert (live.created_at, live.created_by) == (NOW, "ada")
    assert store.deployment("sales") == deployment
    assert store.versions("sales") == [live]


def test_deploying_what_is_live_changes_nothing(store: Store) -> None:
    first, _ = store.deploy(new_version(created_by="ada", schedule=HOURLY), NOW)
    again, created = store.deploy(new_version(created_by="bob", schedule=HOURLY), LATER)
    assert (again, created) == (first, False)
    assert len(store.versions("sales")) == 1
    assert kinds(store) == ["version.live"]
    assert store.next_due() == NOW + HOUR


def test_what_was_found_in_it_makes_no_version(store: Store) -> None:
    store.deploy(new_version(), NOW)
    finding = Finding("variable_not_set", 0, "It reads X, which is not set.", None)
    _, created = store.deploy(new_version(bundle=bundle(findings=(finding,))), LATER)
    assert created is False


def test_versions_count_up_and_earlier_ones_stay_as_they_are(store: Store) -> None:
    for number in range(3):
        store.deploy(new_version(parameters={"n": number}), NOW + number * HOUR)
    versions = store.versions("sales")
    assert [item.number for item in versions] == [3, 2, 1]
    assert [item.state for item in versions] == ["live", "superseded", "superseded"]
    assert [item.parameters for item in versions] == [{"n": 2}, {"n": 1}, {"n": 0}]
    assert [item.created_at for item in versions] == [NOW + 2 * HOUR, NOW + HOUR, NOW]


def test_a_version_that_was_live_before_is_a_new_one(store: Store) -> None:
    for parameters in ({"n": 1}, {"n": 2}, {"n": 1}):
        deployment, created = store.deploy(new_version(parameters=parameters), NOW)
        assert created
    assert deployment.current.number == 3


def test_what_was_given_can_be_changed_afterwards(store: Store) -> None:
    parameters = {"items": [1]}
    store.deploy(new_version(parameters=parameters), NOW)
    store.add_run(NewRun("sales", parameters, None), NOW)
    parameters["items"].append(2)
    assert store.deployment("sales").current.parameters == {"items": [1]}
    assert store.run(1).parameters == {"items": [1]}


def test_a_bundle_comes_back_whole(store: Store) -> None:
    captured = bundle(
        files=(CapturedFile("lib/ä.py", digest_of(b"a"), 1),),
        parameters=(Parameter("n", "int", 3, "3", None), Parameter("x", "any", None, "f()", "of")),
        git=Git("abc", None, True),
        findings=(Finding("cause", 2, "What was mended.", None),),
        environment=digest_of(b"e"),
        packages=12,
    )
    store.deploy(new_version(bundle=captured), NOW)
    assert store.versions("sales")[0].bundle == captured


def test_times_come_back_in_utc(store: Store) -> None:
    store.deploy(new_version(), NOW.astimezone(ZoneInfo("Asia/Kathmandu")))
    created = store.deployment("sales").current.created_at
    assert (created, created.utcoffset()) == (NOW, timedelta(0))


@pytest.mark.parametrize(("expected", "fits"), [(None, True), (0, False), (1, True), (2, False)])
def test_the_expected_version_must_be_live(store: Store, expected: int | None, fits: bool) -> None:
    store.deploy(new_version(), NOW)
    changed = new_version(parameters={"n": 1}, expected_version=expected)
    if fits:
        assert store.deploy(changed, LATER)[0].current.number == 2
    else:
        with pytest.raises(Conflict) as caught:
            store.deploy(changed, LATER)
        assert caught.value.field == "name"
        assert store.deployment("sales").current.number == 1
        assert kinds(store) == ["version.live"]


def test_of_a_new_name_no_version_is_expected(store: Store) -> None:
    with pytest.raises(Conflict):
        store.deploy(new_version(expected_version=1), NOW)
    assert store.deployments() == []
    assert store.deploy(new_version(expected_version=0), NOW)[1]


def test_the_name_of_another_notebook_is_taken(store: Store) -> None:
    store.deploy(new_version(), NOW)
    other = new_version(bundle=bundle("other.ipynb"))
    with pytest.raises(Conflict) as caught:
        store.deploy(other, LATER)
    assert caught.value.field == "name"
    assert "sales.ipynb" in caught.value.message
    moved, created = store.deploy(new_version(bundle=bundle("other.ipynb"), replace=True), LATER)
    assert (moved.current.number, created) == (2, True)
    with pytest.raises(Conflict):  # now it belongs to the other one
        store.deploy(new_version(), LATER)


def test_where_a_notebook_lies_is_kept_also_when_nothing_else_is_new(store: Store) -> None:
    first, _ = store.deploy(new_version(), NOW)
    assert first.origin is None
    known, created = store.deploy(new_version(origin="/ada/sales.ipynb"), LATER)
    assert (known.origin, created, known.current) == ("/ada/sales.ipynb", False, first.current)
    assert store.deployment("sales") == known
    assert store.deployments() == [known]
    store.deploy(new_version(origin="/ada/sales.ipynb", parameters={"n": 1}), LATER)
    assert store.deployment("sales").origin == "/ada/sales.ipynb"
    assert kinds(store) == ["version.live", "version.live"]


def test_two_notebooks_of_the_same_path_in_their_projects_are_two(store: Store) -> None:
    store.deploy(new_version(origin="/ada/a/sales.ipynb"), NOW)
    other = new_version(origin="/ada/b/sales.ipynb", parameters={"n": 1})
    with pytest.raises(Conflict) as caught:
        store.deploy(other, LATER)
    assert caught.value.field == "name"
    assert "/ada/a/sales.ipynb" in caught.value.message
    assert "/ada/b/sales.ipynb" in caught.value.message
    assert store.deployment("sales").origin == "/ada/a/sales.ipynb"
    moved, created = store.deploy(replace(other, replace=True), LATER)
    assert (moved.origin, moved.current.number, created) == ("/ada/b/sales.ipynb", 2, True)


def test_a_notebook_stays_itself_when_its_project_begins_higher(store: Store) -> None:
    """A `.git` above it lengthens the path within the project, and nothing else."""
    store.deploy(new_version(origin="/ada/p/sales.ipynb"), NOW)
    longer = new_version(bundle=bundle("p/sales.ipynb"), origin="/ada/p/sales.ipynb")
    assert store.deploy(longer, LATER)[0].current.number == 2


def test_an_unknown_origin_leaves_the_path_to_decide(store: Store) -> None:
    store.deploy(new_version(origin="/ada/sales.ipynb"), NOW)
    unchanged, created = store.deploy(new_version(), LATER)
    assert (unchanged.origin, created) == (None, False)
    with pytest.raises(Conflict):
        store.deploy(new_version(bundle=bundle("other.ipynb")), LATER)


def test_deployments_come_by_name(store: Store) -> None:
    for name in ("b", "C", "a10", "a2"):
        store.deploy(new_version(name), NOW)
    assert [item.name for item in store.deployments()] == ["C", "a10", "a2", "b"]


def test_nothing_is_found_of_an_unknown_name(store: Store) -> None:
    for ask in (
        lambda: store.deployment("x"),
        lambda: store.versions("x"),
        lambda: store.set_paused("x", True, NOW),
        lambda: store.delete("x", NOW),
        lambda: store.add_run(NewRun("x", {}, None), NOW),
    ):
        with pytest.raises(NotFound):
            ask()
    assert store.deployments() == []


def test_pausing_takes_the_schedule_out_of_force(store: Store) -> None:
    store.deploy(new_version(schedule=HOURLY), NOW)
    assert store.set_paused("sales", True, LATER).paused is True
    assert store.next_due() is None
    assert store.due_schedules(NOW + 5 * HOUR, 10) == []
    assert store.activity().schedules == 0


def test_resuming_begins_at_that_moment(store: Store) -> None:
    store.deploy(new_version(schedule=HOURLY), NOW)
    store.set_paused("sales", True, LATER)
    assert store.set_paused("sales", False, NOW + 3 * HOUR).paused is False
    assert store.next_due() == NOW + 4 * HOUR
    [due] = store.due_schedules(NOW + 4 * HOUR, 10)
    assert due.cursor == NOW + 3 * HOUR


def test_pausing_twice_changes_nothing(store: Store) -> None:
    store.deploy(new_version(schedule=HOURLY), NOW)
    store.set_paused("sales", False, LATER)
    store.set_paused("sales", True, LATER)
    store.set_paused("sales", True, LATER)
    store.set_paused("sales", False, LATER)
    store.set_paused("sales", False, NOW + 5 * HOUR)
    assert kinds(store) == ["version.live", "deployment.paused", "deployment.resumed"]
    assert store.next_due() == NOW + HOUR


def test_resuming_without_a_schedule(store: Store) -> None:
    store.deploy(new_version(schedule=HOURLY), NOW)
    store.deploy(new_version(), NOW)
    store.set_paused("sales", True, NOW)
    store.set_paused("sales", False, NOW)
    assert store.next_due() is None


def test_an_unchanged_schedule_keeps_its_cursor(store: Store) -> None:
    store.deploy(new_version(schedule=HOURLY), NOW)
    store.deploy(new_version(schedule=HOURLY, parameters={"n": 1}), NOW + 3 * HOUR)
    [due] = store.due_schedules(NOW + 3 * HOUR, 10)
    assert (due.cursor, store.next_due()) == (NOW, NOW + HOUR)


def test_a_changed_schedule_begins_at_the_edit(store: Store) -> None:
    store.deploy(new_version(schedule=HOURLY), NOW)
    daily = Schedule("0 12 * * *", "UTC", "all", "allow")
    store.deploy(new_version(schedule=daily), NOW + 3 * HOUR)
    [due] = store.due_schedules(NOW + 24 * HOUR, 10)
    assert (due.schedule, due.cursor) == (daily, NOW + 3 * HOUR)
    assert store.next_due() == datetime(2026, 3, 3, 12, tzinfo=timezone.utc)


def test_a_schedule_that_is_taken_away_and_given_back(store: Store) -> None:
    store.deploy(new_version(schedule=HOURLY), NOW)
    store.deploy(new_version(), NOW)
    assert store.next_due() is None
    store.deploy(new_version(schedule=HOURLY), NOW + 3 * HOUR)
    assert store.next_due() == NOW + 4 * HOUR


@pytest.mark.parametrize("schedule", [HOURLY, Schedule("30 * * * *", "UTC")])
def test_a_deploy_during_a_pause_stays_paused(store: Store, schedule: Schedule) -> None:
    store.deploy(new_version(schedule=HOURLY), NOW)
    store.set_paused("sales", True, NOW)
    changed = new_version(schedule=schedule, parameters={"n": 1})
    assert store.deploy(changed, LATER)[0].paused is True
    assert store.next_due() is None
    store.set_paused("sales", False, NOW + 2 * HOUR)
    assert store.next_due() is not None
    assert store.next_due() > NOW + 2 * HOUR


def test_deleting_keeps_runs_and_cancels_what_is_queued(store: Store) -> None:
    store.deploy(new_version(schedule=HOURLY), NOW)
    store.add_run(NewRun("sales", {}, None), NOW)
    store.claim(1, "local", NOW, "here")
    store.add_run(NewRun("sales", {}, None), NOW)
    deleted = store.delete("sales", LATER)
    assert deleted.current.number == 1
    assert store.deployments() == []
    assert store.next_due() is None
    running, queued = store.run(1), store.run(2)
    assert running.state is RunState.RUNNING
    assert (queued.state, queued.fault, queued.ended_at) == ("cancelled", "cancelled", LATER)
    assert queued.reason == "Cancelled: the deployment was deleted."
    assert kinds(store)[-2:] == ["run.cancelled", "deployment.deleted"]
    assert store.run_version(2).number == 1
    assert len(store.runs(RunQuery("sales"))) == 2


def test_a_deleted_name_is_free(store: Store) -> None:
    store.deploy(new_version(schedule=HOURLY), NOW)
    store.deploy(new_version(parameters={"n": 1}, schedule=HOURLY), NOW)
    store.add_run(NewRun("sales", {}, None, key="k"), NOW)
    store.delete("sales", NOW)
    with pytest.raises(NotFound):
        store.delete("sales", NOW)
    again, created = store.deploy(new_version(bundle=bundle("other.ipynb")), LATER)
    assert (again.current.number, created, again.paused) == (1, True, False)
    run, created = store.add_run(NewRun("sales", {}, None, key="k"), LATER)
    assert created
    assert store.run_version(run.id).bundle.notebook.path == "other.ipynb"
    assert store.run_version(1).bundle.notebook.path == "sales.ipynb"
    assert store.next_due() is None


def test_deleting_cancels_nothing_of_others(store: Store) -> None:
    for name in ("one", "two"):
        store.deploy(new_version(name), NOW)
        store.add_run(NewRun(name, {}, None), NOW)
    store.delete("one", NOW)
    assert [run.state for run in store.runs(RunQuery())] == ["queued", "cancelled"]


def test_environments_are_kept_once(store: Store) -> None:
    environment = Environment("python3", "CPython", "3.12.1", None, (Package("numpy", "2.1"),))
    for _ in range(2):
        store.put_environment(environment)
    assert store.environment(environment.digest) == environment
    with pytest.raises(NotFound):
        store.environment(digest_of(b"other"))
