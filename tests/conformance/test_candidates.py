"""Versions that are tried before they go live, in every implementation of the store."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from jupyter_deploy.domain.bundle import Finding
from jupyter_deploy.domain.deployments import Deployment
from jupyter_deploy.domain.policies import Policies
from jupyter_deploy.domain.preflight import TRIGGER, Effects, Forecast, Preflight, Report
from jupyter_deploy.domain.publishing import read_outputs
from jupyter_deploy.domain.runs import Run, RunState
from jupyter_deploy.errors import Conflict
from jupyter_deploy.ports.store import NewRun, RunQuery, Store
from jupyter_deploy.testing.samples import HOURLY, NOW, bundle, closing, new_version

from .steps import HOUR, LOST, retried

LATER = NOW + HOUR
FULL = Preflight("full")
REPORT = Report(
    (Finding("data_file", 2, "a.csv is not there.", "Add it."),),
    Forecast(12.5, 2**30, 4096),
    Effects(("example.org:443",), ("/data/out.csv",)),
)


def deploy(store: Store, content: bytes = b"1", **members: Any) -> Deployment:
    held = {"bundle": bundle("sales.ipynb", content), "preflight": FULL, **members}
    return store.deploy(new_version("sales", **held), NOW)[0]


def trial(store: Store) -> Run:
    """The newest run that tries a version."""
    return store.runs(RunQuery(trigger=TRIGGER, limit=1))[0]


def end(store: Store, run: Run, state: RunState = RunState.SUCCEEDED, **members: Any) -> None:
    [claim] = [item for item in store.claim(9, "local", NOW, "here") if item.run.id == run.id] or [
        None
    ]
    fence = claim.fence if claim else store.run(run.id).fence
    assert store.close(run.id, fence, closing(state, **members), LATER)


def states(store: Store) -> list[str]:
    return [version.state for version in store.versions("sales")[::-1]]


def kinds(store: Store) -> list[str]:
    events = store.events(0, 1000)
    return [event.kind for event in events if event.kind.startswith("version.")]


def test_the_first_one_is_not_live_before_it_was_tried(store: Store) -> None:
    deployment = deploy(store, schedule=HOURLY)
    assert not deployment.is_live
    assert deployment.current.state == "candidate"
    assert deployment.candidate == deployment.current
    assert store.next_due() is None
    run = trial(store)
    assert (run.version, run.state, run.trigger) == (1, RunState.QUEUED, TRIGGER)
    assert deployment.current.tried is not None
    assert (deployment.current.tried.run, deployment.current.tried.verdict) == (run.id, None)


def test_a_good_one_goes_live_with_its_schedule(store: Store) -> None:
    deploy(store, schedule=HOURLY)
    end(store, trial(store), report=REPORT)
    deployment = store.deployment("sales")
    assert deployment.is_live
    assert deployment.candidate is None
    assert store.next_due() == LATER + HOUR  # it begins when it goes live
    tried = deployment.current.tried
    assert tried is not None
    assert (tried.verdict, tried.report) == ("succeeded", REPORT)
    assert kinds(store) == ["version.candidate", "version.live"]


def test_a_rejected_one_replaces_nothing(store: Store) -> None:
    deploy(store, preflight=Preflight(), schedule=HOURLY)
    due = store.next_due()
    deploy(store, b"2", schedule=replace(HOURLY, cron="30 * * * *"))
    assert store.deployment("sales").current.number == 1
    end(store, trial(store), RunState.FAILED, fault="notebook", reason="KeyError: 'a'", cell=3)
    deployment = store.deployment("sales")
    assert (deployment.current.number, deployment.is_live) == (1, True)
    assert store.next_due() == due
    assert deployment.candidate is not None
    assert deployment.candidate.state == "rejected"
    tried = deployment.candidate.tried
    assert tried is not None
    assert (tried.verdict, tried.fault, tried.cell) == ("failed", "notebook", 3)
    assert tried.reason == "KeyError: 'a'"
    assert kinds(store) == ["version.live", "version.candidate", "version.rejected"]


def test_a_good_one_supersedes(store: Store) -> None:
    deploy(store, preflight=Preflight())
    deploy(store, b"2")
    end(store, trial(store))
    assert states(store) == ["superseded", "live"]
    assert [item.current.number for item in store.deployments()] == [2]


def test_what_is_tried_already_is_not_tried_twice(store: Store) -> None:
    assert store.deploy(new_version("sales", preflight=FULL), NOW)[1]
    assert not store.deploy(new_version("sales", preflight=FULL), NOW)[1]
    assert len(store.runs(RunQuery(trigger=TRIGGER))) == 1


def test_what_was_rejected_may_be_tried_again(store: Store) -> None:
    deploy(store)
    end(store, trial(store), RunState.FAILED)
    deploy(store)
    end(store, trial(store))
    assert states(store) == ["rejected", "live"]


@pytest.mark.parametrize("begun", [False, True])
def test_a_newer_one_takes_the_place_of_one_that_is_tried(store: Store, begun: bool) -> None:
    deploy(store)
    old = trial(store)
    if begun:
        store.claim(1, "local", NOW, "here")
    deploy(store, b"2")
    new = trial(store)
    assert states(store) == ["superseded", "candidate"]
    if begun:
        assert store.run(old.id).cancel_requested
        end(store, old)  # it came to its end all the same
        assert states(store) == ["superseded", "candidate"]
    else:
        assert store.run(old.id).state is RunState.CANCELLED
    end(store, new)
    assert states(store) == ["superseded", "live"]


def test_one_whose_preflight_is_cancelled_is_rejected(store: Store) -> None:
    deploy(store)
    store.request_cancel(trial(store).id, NOW)
    assert states(store) == ["rejected"]
    tried = store.deployment("sales").current.tried
    assert tried is not None
    assert (tried.verdict, tried.fault) == ("failed", "cancelled")


def test_a_preflight_is_tried_again_as_its_policies_say(store: Store) -> None:
    deploy(store)
    run = trial(store)
    [claim] = store.claim(1, "local", NOW, "here")
    assert store.close(run.id, claim.fence, retried(LATER), NOW)
    assert states(store) == ["candidate"]
    [claim] = store.claim(1, "local", LATER, "here")
    assert store.close(run.id, claim.fence, LOST, LATER)
    assert states(store) == ["rejected"]


def test_deleted_while_it_is_tried(store: Store) -> None:
    deploy(store)
    run = trial(store)
    [claim] = store.claim(1, "local", NOW, "here")
    store.delete("sales", NOW)
    assert store.close(run.id, claim.fence, closing(), LATER)
    assert store.deployments() == []
    assert store.next_due() is None


def test_paused_while_it_is_tried(store: Store) -> None:
    deploy(store, schedule=HOURLY)
    store.set_paused("sales", True, NOW)
    end(store, trial(store))
    assert store.deployment("sales").is_live
    assert store.next_due() is None
    store.set_paused("sales", False, LATER)
    assert store.next_due() == LATER + HOUR


def test_a_preflight_is_in_no_history(store: Store) -> None:
    deploy(store, outputs=read_outputs({"report": {"format": "html"}}))
    assert store.runs(RunQuery()) == []
    assert store.backlog(["sales"]).room("sales") > 0
    end(store, trial(store))
    assert store.runs(RunQuery("sales")) == []
    assert store.recent(9) == {}
    assert store.past("sales", None, 9) == []
    assert store.failing("sales") is None
    assert store.unpublished("here", LATER + HOUR, 9) == []


def test_a_failed_preflight_is_no_failing_deployment(store: Store) -> None:
    deploy(store, preflight=Preflight())
    deploy(store, b"2")
    end(store, trial(store), RunState.FAILED)
    assert store.failing("sales") is None


def test_a_preflight_counts_for_no_limit_and_none_counts_for_it(store: Store) -> None:
    policies = Policies(max_running=1)
    deploy(store, preflight=Preflight(), policies=policies)
    store.add_run(NewRun("sales", {}, None), NOW)
    deploy(store, b"2", policies=policies)
    store.add_run(NewRun("sales", {}, None), NOW)
    claimed = [claim.run.trigger for claim in store.claim(9, "local", NOW, "here")]
    assert sorted(claimed) == ["manual", TRIGGER]


def test_a_sample_has_its_own_parameters(store: Store) -> None:
    sample = Preflight("sample", {"rows": 10})
    deploy(store, parameters={"rows": 10**6, "region": "eu"}, preflight=sample)
    assert trial(store).parameters == {"rows": 10, "region": "eu"}
    version = store.deployment("sales").current
    assert version.preflight == sample
    assert version.parameters == {"rows": 10**6, "region": "eu"}


def test_a_run_by_hand_of_one_that_is_not_live(store: Store) -> None:
    deploy(store)
    end(store, trial(store), RunState.FAILED)
    run, _ = store.add_run(NewRun("sales", {}, None), NOW)
    assert (run.version, run.trigger) == (1, "manual")
    end(store, run)
    assert states(store) == ["rejected"]  # only a preflight decides


def test_what_a_user_saw_is_what_was_live(store: Store) -> None:
    deploy(store)
    with pytest.raises(Conflict):
        deploy(store, b"2", expected_version=1)
    deploy(store, b"2", expected_version=0)


def test_waiting_ends_no_preflight(store: Store) -> None:
    waits = Policies.from_json({**Policies().to_json(), "timeout": {"queue": 60.0}})
    deploy(store, policies=waits)
    assert store.expire(NOW + timedelta(days=1)) == 0
