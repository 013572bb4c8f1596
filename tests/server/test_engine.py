"""The engine's API as command line and extension use it."""

from __future__ import annotations

import asyncio
import json
import socket
from typing import Any
from urllib.parse import urlsplit

import pytest

from jupyter_deploy.client.api import USER_HEADER
from jupyter_deploy.client.launch import Endpoint
from jupyter_deploy.domain.bundle import digest_of
from jupyter_deploy.domain.environment import Environment, Package

from .bundles import request_for
from .contract import Api


async def test_health(engine: Api, endpoint: Endpoint) -> None:
    document = (await engine("GET", "/health")).good()
    assert (document["running"], document["pid"]) == (True, endpoint.pid)
    assert document["slots"] >= 2


async def test_a_bundle_is_deployed_once(engine: Api, name: str) -> None:
    request = await request_for(engine, name)
    (await engine("POST", "/deployments", request)).good(201)
    assert (await engine("POST", "/deployments", request)).good()["version"] == 1
    request["bundle"]["cells"] = 2
    assert (await engine("POST", "/deployments", request)).good(201)["version"] == 2
    listed = (await engine("GET", "/deployments")).good()["deployments"]
    assert [item["version"] for item in listed if item["name"] == name] == [2]


async def test_what_changed_between_versions(engine: Api, name: str) -> None:
    first = await request_for(engine, name, "1 + 1")
    (await engine("POST", "/deployments", first)).good(201)
    second = await request_for(engine, name, "1 + 2", variables=["REGION"])
    deployed = (await engine("POST", "/deployments", second)).good(201)
    assert deployed["environment"]["variables"] == ["REGION"]
    place = f"/deployments/{name}/versions"
    document = (await engine("GET", f"{place}/2/changes")).good()
    assert (document["version"], document["since"]) == (2, 1)
    found = [(item["kind"], item["name"], item["change"]) for item in document["changes"]]
    assert found == [("code", "1", "changed"), ("variables", "REGION", "added")]
    back = (await engine("GET", f"{place}/1/changes", query={"since": 2})).good()
    assert [item["change"] for item in back["changes"]] == ["changed", "removed"]
    alone = (await engine("GET", f"{place}/1/changes")).good()
    assert (alone["since"], alone["changes"]) == (None, [])
    (await engine("GET", f"{place}/3/changes")).problem(404)
    (await engine("GET", f"{place}/2/changes", query={"since": 9})).problem(404)
    (await engine("GET", f"{place}/2/changes", query={"since": "x"})).problem(400, "since")
    (await engine("GET", "/deployments/nobody/versions/1/changes")).problem(404, "name")


async def test_who_saw_another_version_is_refused(engine: Api, name: str) -> None:
    request = await request_for(engine, name)
    (await engine("POST", "/deployments", {**request, "expected_version": 1})).problem(409, "name")
    (await engine("POST", "/deployments", {**request, "expected_version": 0})).good(201)
    later = {**request, "parameters": {}, "schedule": {"cron": "@daily", "timezone": "UTC"}}
    answers = await asyncio.gather(
        engine("POST", "/deployments", {**later, "expected_version": 1}),
        engine("POST", "/deployments", {**request, "expected_version": 0}),
        engine("POST", "/deployments", {**later, "expected_version": 0}),
    )
    assert [answer.status for answer in answers] == [201, 409, 409]


async def test_twenty_deploys_at_once_make_one_version(engine: Api, name: str) -> None:
    request = await request_for(engine, name)
    answers = await asyncio.gather(*(engine("POST", "/deployments", request) for _ in range(20)))
    assert sorted(answer.status for answer in answers) == [200] * 19 + [201]
    versions = (await engine("GET", f"/deployments/{name}/versions")).good()["versions"]
    assert [item["version"] for item in versions] == [1]


async def test_twenty_requests_with_one_key_make_one_run(engine: Api, name: str) -> None:
    (await engine("POST", "/deployments", await request_for(engine, name))).good(201)
    path, key = f"/deployments/{name}/runs", {"Idempotency-Key": "nightly"}
    answers = await asyncio.gather(*(engine("POST", path, {}, headers=key) for _ in range(20)))
    assert sorted(answer.status for answer in answers) == [200] * 19 + [201]
    assert len({answer.json()["id"] for answer in answers}) == 1
    other = await engine("POST", path, {}, headers={"Idempotency-Key": "other"})
    assert other.good(201)["id"] != answers[0].json()["id"]
    await engine("DELETE", f"/deployments/{name}")  # cancels what is queued


async def test_who_asks_is_kept(engine: Api, name: str) -> None:
    request = await request_for(engine, name)
    answer = await engine(
        "POST", "/deployments", request, headers={USER_HEADER: "Zo%C3%AB%20%E6%9D%8E"}
    )
    assert answer.good(201)["created_by"] == "Zoë 李"
    run = (await engine("POST", f"/deployments/{name}/runs", {})).good(201)
    assert run["created_by"] is None
    await engine("DELETE", f"/deployments/{name}")


async def test_runs_come_in_pages(engine: Api, name: str) -> None:
    (await engine("POST", "/deployments", await request_for(engine, name))).good(201)
    path = f"/deployments/{name}/runs"
    made = [(await engine("POST", path, {})).good(201)["id"] for _ in range(5)]
    seen: list[int] = []
    query: dict[str, Any] = {"limit": 2}
    while True:
        page = (await engine("GET", path, query=query)).good()
        seen += [run["id"] for run in page["runs"]]
        if page["next"] is None:
            break
        query["cursor"] = page["next"]
    assert seen == made[::-1]
    await engine("DELETE", f"/deployments/{name}")


async def test_an_environment_is_stored_with_its_bundle(engine: Api, name: str) -> None:
    environment = Environment("python3", "CPython", "3.12.1", "linux", (Package("numpy", "2.1"),))
    request = await request_for(engine, name, environment=environment.digest, packages=1)
    request["environment"] = environment.to_json()
    made = (await engine("POST", "/deployments", request)).good(201)
    assert made["environment"]["packages"] == [{"name": "numpy", "version": "2.1"}]
    found = (await engine("GET", f"/environments/{environment.digest}")).good()
    assert found == json.loads(json.dumps(environment.to_json()))
    for wrong in (None, {**environment.to_json(), "python": "3.13"}):
        request["environment"] = wrong
        (await engine("POST", "/deployments", request)).problem(400, "environment")


FILE = {"path": "lib/a.py", "digest": digest_of(b"never uploaded"), "size": 1}
PLACES = ["../a.py", "/etc/passwd", "lib/../../a.py", "", ".", "a\0b"]

WRONG_BUNDLES: list[tuple[dict[str, Any], str | None]] = [
    ({"files": [FILE]}, "files"),
    ({"notebook": {**FILE, "path": "a.ipynb"}}, "files"),
    ({"files": [{**FILE, "digest": "sha256:x"}]}, "bundle.files.0.digest"),
    ({"files": [{**FILE, "size": -1}]}, "bundle.files.0.size"),
    ({"files": [{**FILE, "owner": "me"}]}, "bundle.files.0"),
    ({"files": [3]}, "bundle.files.0"),
    ({"kernel": {"name": "python3"}}, "bundle.kernel"),
    ({"kernel": None}, "bundle.kernel"),
    ({"git": {"commit": "x"}}, "bundle.git"),
    ({"cells": "1"}, "bundle.cells"),
    ({"parameters": [{"name": "n"}]}, "bundle.parameters.0"),
    ({"extra": 1}, "bundle"),
    ({"environment": "sha256:" + "0" * 64}, "environment"),
]


@pytest.mark.parametrize(("change", "field"), WRONG_BUNDLES)
async def test_bundles_that_do_not_fit(
    engine: Api, name: str, change: dict[str, Any], field: str | None
) -> None:
    request = await request_for(engine, name, **change)
    (await engine("POST", "/deployments", request)).problem(400, field)
    (await engine("GET", f"/deployments/{name}")).problem(404, "name")


@pytest.mark.parametrize("path", PLACES)
async def test_captured_paths_stay_inside_the_project(engine: Api, name: str, path: str) -> None:
    request = await request_for(engine, name)
    notebook = request["bundle"]["notebook"]
    for changed in (
        {"notebook": {**notebook, "path": path}},
        {"files": [{**notebook, "path": path}]},
    ):
        wrong = {"name": name, "bundle": {**request["bundle"], **changed}}
        (await engine("POST", "/deployments", wrong)).problem(400, "files")


async def test_the_engine_sees_no_files_of_its_own(engine: Api) -> None:
    (await engine("POST", "/inspect", {"notebook": "a.ipynb"})).problem(400)
    (await engine("POST", "/deployments", {"notebook": "a.ipynb"})).problem(400, "notebook")


async def test_uploads_are_whole_or_nothing(engine: Api, name: str) -> None:
    digest = digest_of(name.encode())
    (await engine("PUT", f"/blobs/{digest}", body=b"other")).problem(400)
    wanted = {"digests": [digest]}
    assert (await engine("POST", "/blobs/missing", wanted)).good() == wanted
    (await engine("PUT", "/blobs/sha256:..%2f..%2fx", body=b"x")).problem(400)


async def test_an_upload_that_is_too_large_is_refused_at_once(endpoint: Endpoint) -> None:
    digest = digest_of(b"x")
    address = urlsplit(endpoint.url)
    with socket.create_connection((address.hostname, address.port), timeout=20) as connection:
        head = (
            f"PUT /jupyter-deploy/api/v1/blobs/{digest} HTTP/1.1\r\nHost: engine\r\n"
            f"Authorization: token {endpoint.token}\r\nContent-Length: {600 * 1024**2}\r\n\r\n"
        )
        connection.sendall(head.encode())
        answer = connection.recv(65536).decode()
    assert answer.startswith("HTTP/1.1 413 ")
    problem = json.loads(answer.partition("\r\n\r\n")[2])
    assert (problem["status"], problem["field"]) == (413, "files")


async def test_waiting_for_events(engine: Api, name: str) -> None:
    request = await request_for(engine, name)
    after = (await engine("GET", "/events")).good()["next"]
    deploying = asyncio.ensure_future(engine("POST", "/deployments", request))
    seen: list[tuple[str, str]] = []
    while ("version.live", name) not in seen:  # runs of other tests may still be ending
        page = (await engine("GET", "/events", query={"after": after, "wait": 30})).good()
        assert [event["id"] for event in page["events"]] == sorted(
            event["id"] for event in page["events"] if event["id"] > after
        )
        assert page["events"]
        after = page["next"]
        seen += [(event["kind"], event["deployment"]) for event in page["events"]]
    (await deploying).good(201)
