"""Policies in requests and answers, full queues, and runs that are run once more."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from jupyter_deploy.domain.policies import Policies
from jupyter_deploy.domain.schedule import OVERLAP

from .bundles import request_for
from .contract import Api

USUAL = Policies().to_json()
SAID = {
    "retry": {"attempts": 3, "backoff": "5m", "on": ["lost", "timeout"]},
    "timeout": {"run": "2h", "cell": 90, "queue": None, "kernel_start": "30s"},
    "max_running": 1,
    "priority": -5,
    "secrets": [],
}
MEANT = {
    "retry": {"attempts": 3, "backoff": 300.0, "on": ["lost", "timeout"]},
    "timeout": {"run": 7200.0, "cell": 90.0, "queue": None, "kernel_start": 30.0},
    "max_running": 1,
    "priority": -5,
    "secrets": [],
}


async def versions(api: Api, name: str) -> list[Any]:
    document = (await api("GET", f"/deployments/{name}/versions")).good()
    return [item["policies"] for item in document["versions"]]


async def test_policies_are_shown_as_they_are_meant(engine: Api, name: str) -> None:
    request = await request_for(engine, name)
    made = (await engine("POST", "/deployments", request)).good(201)
    assert made["policies"] == USUAL
    changed = (await engine("POST", "/deployments", {**request, **SAID})).good(201)
    assert (changed["version"], changed["policies"]) == (2, MEANT)
    assert (await engine("GET", f"/deployments/{name}")).good()["policies"] == MEANT
    assert await versions(engine, name) == [MEANT, USUAL]


async def test_what_is_shown_is_taken_and_changes_nothing(engine: Api, name: str) -> None:
    request = await request_for(engine, name)
    for policies in (SAID, MEANT):
        answer = await engine("POST", "/deployments", {**request, **policies})
        assert answer.json()["version"] == 1
    for nothing in ({}, dict.fromkeys(SAID), USUAL):
        answer = await engine("POST", "/deployments", {**request, **nothing})
        assert answer.json()["version"] == 2


async def test_policies_pass_through_the_extension(
    extension: Api, write: Callable[..., str], name: str
) -> None:
    request = {"notebook": write("a.ipynb", "1"), "name": name}
    made = (await extension("POST", "/deployments", {**request, **SAID})).good(201)
    assert made["policies"] == MEANT
    again = (await extension("POST", "/deployments", request)).good(201)
    assert again["policies"] == USUAL


@pytest.mark.parametrize("overlap", OVERLAP)
async def test_every_overlap_is_taken_and_shown(engine: Api, name: str, overlap: str) -> None:
    schedule = {"cron": "@yearly", "timezone": "UTC", "overlap": overlap, "jitter": 1.5}
    request = {**await request_for(engine, name), "schedule": schedule}
    made = (await engine("POST", "/deployments", request)).good(201)
    assert made["schedule"] == {**schedule, "catch_up": "latest"}
    preview = (await engine("POST", "/schedules/preview", schedule)).good()
    assert len(preview["next_fires"]) == 5
    await engine("DELETE", f"/deployments/{name}")


async def until(api: Api, number: int, *states: str) -> Any:
    """The run, once it is in one of these states; between two looks an event comes."""
    after = (await api("GET", "/events")).good()["next"]
    while (run := (await api("GET", f"/runs/{number}")).good())["state"] not in states:
        page = await api("GET", "/events", query={"after": after, "wait": 30})
        after = page.good()["next"]
    return run


async def ended(api: Api, number: int) -> Any:
    return await until(api, number, "succeeded", "failed", "cancelled")


async def test_a_run_is_run_once_more(engine: Api, extension: Api, name: str) -> None:
    request = await request_for(engine, name, "print('old')")
    (await engine("POST", "/deployments", request)).good(201)
    first = (await engine("POST", f"/deployments/{name}/runs", {})).good(201)
    await ended(engine, first["id"])
    newer = await request_for(engine, name, "print('new')")
    assert (await engine("POST", "/deployments", newer)).good(201)["version"] == 2
    again = (await extension("POST", f"/runs/{first['id']}/retry")).good(201)
    assert again["id"] > first["id"]
    assert (again["version"], again["trigger"], again["state"]) == (1, "retry", "queued")
    assert (again["attempts"], again["not_before"]) == ([], None)
    assert (await ended(engine, again["id"]))["state"] == "succeeded"
    entries = (await engine("GET", f"/runs/{again['id']}/ledger")).good()["entries"]
    assert [e["output"]["text"] for e in entries if e["kind"] == "output"] == ["old\n"]


async def test_what_is_open_is_not_run_once_more(engine: Api, name: str) -> None:
    request = await request_for(engine, name, "import time; time.sleep(60)")
    (await engine("POST", "/deployments", request)).good(201)
    run = (await engine("POST", f"/deployments/{name}/runs", {})).good(201)
    problem = (await engine("POST", f"/runs/{run['id']}/retry")).problem(409)
    assert problem["type"] == "conflict"
    assert problem["hint"]
    await engine("POST", f"/runs/{run['id']}/cancel")
    await ended(engine, run["id"])
    again = (await engine("POST", f"/runs/{run['id']}/retry")).good(201)
    await engine("POST", f"/runs/{again['id']}/cancel")
    await engine("DELETE", f"/deployments/{name}")
    (await engine("POST", f"/runs/{run['id']}/retry")).problem(404, "name")


async def test_a_full_queue_answers_429(engine: Api, name: str) -> None:
    """The runs wait behind one that is held up by `max_running`."""
    request = await request_for(engine, name, "import time; time.sleep(60)")
    (await engine("POST", "/deployments", {**request, "max_running": 1})).good(201)
    path = f"/deployments/{name}/runs"
    held = (await engine("POST", path, {})).good(201)
    await until(engine, held["id"], "running")
    answers = await asyncio.gather(*(engine("POST", path, {}) for _ in range(101)))
    assert sorted(answer.status for answer in answers) == [201] * 100 + [429]
    [refused] = [answer for answer in answers if answer.status == 429]
    problem = refused.problem(429)
    assert problem["type"] == "too-many"
    assert problem["hint"]
    await engine("DELETE", f"/deployments/{name}")
    await engine("POST", f"/runs/{held['id']}/cancel")
    assert (await ended(engine, held["id"]))["state"] == "cancelled"
