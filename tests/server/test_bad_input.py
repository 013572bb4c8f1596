"""Wrong requests: each is refused with one sentence and the field that is wrong."""

from __future__ import annotations

import json
import os
import urllib.parse
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_jupyter.jupyter_server import ServerApp

from jupyter_deploy.capture import bundle as capturing
from jupyter_deploy.server import capturing as handlers
from jupyter_deploy.server.contract import description

from .conftest import notebook_text
from .contract import Api, operations, sample

Write = Callable[..., str]
DEEP = b"[" * 100_000

NOT_NOTEBOOKS = {
    "empty": b"",
    "blank": b" \n",
    "not-json": b"# Sales\n",
    "cut-off": notebook_text("1 + 1").encode()[:-9],
    "a-list": b"[]",
    "another-document": b'{"name": "x"}',
    "not-utf8": b"\xff\xfe\x00",
    "deep": b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": ' + DEEP,
    "wrong-types": b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": 3}',
    "from-the-future": b'{"nbformat": 9, "nbformat_minor": 0, "metadata": {}, "cells": []}',
    "half-a-character": notebook_text("'X'").replace("X", "\\ud800").encode(),
}

DAILY = {"cron": "0 6 * * *", "timezone": "UTC"}
#: A change of a good request → status and field of the refusal.
WRONG_REQUESTS: list[tuple[dict[str, Any], int, str | None]] = [
    ({"notebook": ""}, 400, "notebook"),
    ({"notebook": 3}, 400, "notebook"),
    ({"notebook": None}, 400, "notebook"),
    ({"notebook": "nowhere.ipynb"}, 404, "notebook"),
    ({"notebook": "folder"}, 400, "notebook"),
    ({"notebook": "pipe"}, 400, "notebook"),
    ({"notebook": "../outside.ipynb"}, 403, "notebook"),
    ({"notebook": "folder/../../outside.ipynb"}, 403, "notebook"),
    ({"notebook": "OUTSIDE"}, 404, "notebook"),  # absolute: read from the root
    ({"notebook": "link.ipynb"}, 403, "notebook"),
    ({"notebook": "linked/outside.ipynb"}, 403, "notebook"),
    ({"notebook": "loop.ipynb"}, 400, "notebook"),
    ({"notebook": "a\0b.ipynb"}, 400, "notebook"),
    ({"notebook": "x" * 5000}, 400, "notebook"),
    ({"notebook": "x/" * 5000}, 400, "notebook"),
    ({"notebook": "unknown-kernel.ipynb"}, 400, "kernel"),
    ({"name": "a/b"}, 400, "name"),
    ({"name": ".."}, 400, "name"),
    ({"name": "a\0b"}, 400, "name"),
    ({"name": "Größe"}, 400, "name"),
    ({"name": "x" * 65}, 400, "name"),
    ({"name": "x" * 100_000}, 400, "name"),
    ({"name": 3}, 400, "name"),
    ({"files": ["../outside.ipynb"]}, 403, "files"),
    ({"files": ["/etc/passwd"]}, 403, "files"),
    ({"files": ["~/x"]}, 403, "files"),
    ({"files": ["link.ipynb"]}, 403, "files"),
    ({"files": ["linked/*"]}, 403, "files"),
    ({"files": ["a\0b"]}, 403, "files"),
    ({"files": ["*.nothing"]}, 400, "files"),
    ({"files": [""]}, 400, "files.0"),
    ({"files": "x"}, 400, "files"),
    ({"parameters": {"m": 1}}, 400, "parameters.m"),
    ({"parameters": {"n": "three"}}, 400, "parameters.n"),
    ({"parameters": {"n": True}}, 400, "parameters.n"),
    ({"parameters": {"n=1\nimport os": 1}}, 400, "parameters"),
    ({"parameters": []}, 400, "parameters"),
    ({"schedule": {"cron": "0 0 30 2 *", "timezone": "UTC"}}, 400, "schedule.cron"),
    ({"schedule": {"cron": "every day", "timezone": "UTC"}}, 400, "schedule.cron"),
    ({"schedule": {"cron": "", "timezone": "UTC"}}, 400, "schedule.cron"),
    ({"schedule": {"cron": "* * * * *\0", "timezone": "UTC"}}, 400, "schedule.cron"),
    ({"schedule": {"cron": "0 6 * * *", "timezone": "Berlin"}}, 400, "schedule.timezone"),
    ({"schedule": {"cron": "0 6 * * *", "timezone": "../UTC"}}, 400, "schedule.timezone"),
    ({"schedule": {"cron": "0 6 * * *"}}, 400, "schedule"),
    ({"schedule": {"cron": 6, "timezone": "UTC"}}, 400, "schedule.cron"),
    ({"schedule": "0 6 * * *"}, 400, "schedule"),
    ({"schedule": {**DAILY, "overlap": "queue"}}, 400, "schedule.overlap"),
    ({"schedule": {**DAILY, "catch_up": "some"}}, 400, "schedule.catch_up"),
    ({"schedule": {**DAILY, "jitter": -1}}, 400, "schedule.jitter"),
    ({"schedule": {**DAILY, "jitter": 3601}}, 400, "schedule.jitter"),
    ({"schedule": {**DAILY, "jitter": "1m"}}, 400, "schedule.jitter"),
    ({"retry": {"attempts": 0}}, 400, "retry.attempts"),
    ({"retry": {"attempts": 11}}, 400, "retry.attempts"),
    ({"retry": {"attempts": "3"}}, 400, "retry.attempts"),
    ({"retry": {"backoff": -1}}, 400, "retry.backoff"),
    ({"retry": {"backoff": "soon"}}, 400, "retry.backoff"),
    ({"retry": {"backoff": 10**400}}, 400, "retry.backoff"),
    ({"retry": {"on": ["cancelled"]}}, 400, "retry.on.0"),
    ({"retry": {"on": None}}, 400, "retry.on"),
    ({"retry": {"tries": 3}}, 400, "retry"),
    ({"retry": 3}, 400, "retry"),
    ({"timeout": {"run": 0}}, 400, "timeout.run"),
    ({"timeout": {"cell": "31d"}}, 400, "timeout.cell"),
    ({"timeout": {"cell": "2h", "run": "1h"}}, 400, "timeout.cell"),
    ({"timeout": {"queue": []}}, 400, "timeout.queue"),
    ({"timeout": {"kernel_start": "x"}}, 400, "timeout.kernel_start"),
    ({"timeout": {"kernel": 1}}, 400, "timeout"),
    ({"timeout": "1h"}, 400, "timeout"),
    ({"max_running": 0}, 400, "max_running"),
    ({"max_running": 1001}, 400, "max_running"),
    ({"max_running": True}, 400, "max_running"),
    ({"max_running": 1.5}, 400, "max_running"),
    ({"priority": 101}, 400, "priority"),
    ({"priority": "high"}, 400, "priority"),
    ({"expected_version": -1}, 400, "expected_version"),
    ({"expected_version": "1"}, 400, "expected_version"),
    ({"expected_version": 7}, 409, "name"),
    ({"replace": "yes"}, 400, "replace"),
    ({"bundle": {}}, 400, "bundle"),
    ({"nonsense": 1}, 400, None),
]

BODIES = [b"[]", b"3", b'"x"', b"null", b"{", b"\xff", b'{"a": NaN}', b'{"a": 1e999}', DEEP]


@pytest.fixture
def place(write: Write, jp_root_dir: Path, tmp_path: Path) -> Path:
    """The server's root with what must be neither captured nor followed."""
    write("good.ipynb", "n", parameters="n = 3")
    write("unknown-kernel.ipynb", "1", kernel="cobol-1960")
    outside = tmp_path / "outside.ipynb"
    outside.write_text(notebook_text("1"))
    (jp_root_dir / "folder").mkdir()
    (jp_root_dir / "link.ipynb").symlink_to(outside)
    (jp_root_dir / "linked").symlink_to(tmp_path)
    (jp_root_dir / "loop.ipynb").symlink_to("loop.ipynb")
    os.mkfifo(jp_root_dir / "pipe")
    return jp_root_dir


async def deployed(api: Api) -> set[str]:
    return {item["name"] for item in (await api("GET", "/deployments")).good()["deployments"]}


@pytest.mark.parametrize("content", NOT_NOTEBOOKS.values(), ids=NOT_NOTEBOOKS)
async def test_what_is_no_notebook(
    extension: Api, jp_root_dir: Path, name: str, content: bytes
) -> None:
    (jp_root_dir / "bad.ipynb").write_bytes(content)
    for path in ("/inspect", "/deployments"):
        request = {"notebook": "bad.ipynb"} | ({"name": name} if path == "/deployments" else {})
        problem = (await extension("POST", path, request)).problem(400, "notebook")
        assert problem["type"] == "invalid-notebook"
        assert problem["hint"]
    assert name not in await deployed(extension)


async def test_requests_that_do_not_fit(extension: Api, place: Path, name: str) -> None:
    for change, status, field in WRONG_REQUESTS:
        request = {"notebook": "good.ipynb", "name": name, **change}
        if request["notebook"] == "OUTSIDE":
            request["notebook"] = str(place.parent / "outside.ipynb")
        answer = await extension("POST", "/deployments", request)
        assert answer.status == status, (change, answer.body)
        answer.problem(status, field)
    assert name not in await deployed(extension)


async def test_nothing_is_known_of_what_lies_outside(extension: Api, place: Path) -> None:
    for path in ("../outside.ipynb", "../nothing.ipynb"):
        problem = (await extension("POST", "/inspect", {"notebook": path})).problem(403, "notebook")
        assert "outside.ipynb" not in json.dumps(problem)
    for pattern in ("../outside.ipynb", "../nothing.ipynb"):
        request = {"notebook": "good.ipynb", "files": [pattern]}
        (await extension("POST", "/inspect", request)).problem(403, "files")


async def test_bodies_that_are_no_object(extension: Api, engine: Api) -> None:
    writing = [item for item in operations() if item[0] in ("POST", "PATCH")]
    for api in (extension, engine):
        for method, path in writing:
            if path.endswith(("/cancel", "/retry")):  # take no body
                continue
            for body in BODIES:
                answer = await api(method, sample(path), body=body)
                assert answer.status == 400, (path, body[:20], answer.body)
                assert answer.problem(400)["type"] == "invalid-input"


async def test_half_characters(extension: Api, engine: Api) -> None:
    for api in (extension, engine):
        for body in (b'{"name": "\\ud800"}', b'{"parameters": {"\\udfff": 1}}'):
            (await api("POST", "/deployments", body=body)).problem(400)


async def test_a_name_that_belongs_to_another_notebook(
    extension: Api, write: Write, name: str
) -> None:
    write("one.ipynb", "1")
    write("two.ipynb", "2")
    (await extension("POST", "/deployments", {"notebook": "one.ipynb", "name": name})).good(201)
    request = {"notebook": "two.ipynb", "name": name}
    problem = (await extension("POST", "/deployments", request)).problem(409, "name")
    assert "one.ipynb" in problem["detail"]
    moved = await extension("POST", "/deployments", {**request, "replace": True})
    assert moved.good(201)["notebook"] == "two.ipynb"


async def test_a_file_that_vanishes_between_capture_and_upload(
    extension: Api, place: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = place / "data.csv"

    def capture_and_lose(*arguments: Any, **options: Any) -> capturing.Captured:
        captured = capturing.capture(*arguments, **options)
        lose()
        return captured

    monkeypatch.setattr(handlers, "capture", capture_and_lose)
    request = {"notebook": "good.ipynb", "name": name, "files": ["data.csv"]}
    for lose in (data.unlink, lambda: data.write_text("other")):
        data.write_text(f"{name},{lose}")
        (await extension("POST", "/deployments", request)).problem(409, "files")
    assert name not in await deployed(extension)


async def test_runs_that_cannot_be_started(extension: Api, place: Path, name: str) -> None:
    await extension("POST", "/deployments", {"notebook": "good.ipynb", "name": name})
    path = f"/deployments/{name}/runs"
    for document, field in (
        ({"parameters": {"n": "x"}}, "parameters.n"),
        ({"parameters": {"nn": 1}}, "parameters.nn"),
        ({"parameters": [1]}, "parameters"),
        ({"other": 1}, None),
    ):
        (await extension("POST", path, document)).problem(400, field)
    for key in ("", "k" * 201):
        answer = await extension("POST", path, {}, headers={"Idempotency-Key": key})
        answer.problem(400, "key")
    (await extension("POST", "/deployments/nobody/runs", {})).problem(404, "name")
    runs = await extension("GET", path)
    assert runs.good() == {"runs": [], "next": None}


@pytest.mark.parametrize("number", ["0", "2147483648", "9" * 19, "9" * 30, "9" * 5000])
async def test_runs_that_cannot_be(extension: Api, engine: Api, number: str) -> None:
    for api in (extension, engine):
        for path in ("", "/ledger", "/source", "/outputs/output.ipynb"):
            (await api("GET", f"/runs/{number}{path}")).problem(404)
        for path in ("/cancel", "/retry"):
            (await api("POST", f"/runs/{number}{path}")).problem(404)


@pytest.mark.parametrize(
    ("path", "field", "values"),
    [
        ("/runs", "limit", ["0", "501", "-1", "x", "1.5", "9" * 5000, "\0"]),
        ("/runs", "cursor", ["0", "-1", "x", "9" * 19, "9" * 5000, "1;drop"]),
        ("/runs", "state", ["done", "Queued"]),
        ("/events", "after", ["-2", "x", "9" * 19, "9" * 30, "9" * 5000]),
        ("/events", "wait", ["x", "1s", "\0"]),
        ("/runs/1/ledger", "after", ["-1", "x", "9" * 30]),
    ],
)
async def test_queries_that_do_not_fit(
    extension: Api, engine: Api, path: str, field: str, values: list[str]
) -> None:
    for api in (extension, engine):
        for value in values:
            answer = await api("GET", path, query={field: value})
            assert answer.status == 400, (value, answer.body)
            answer.problem(400, field)


async def test_texts_that_are_not_utf8(extension: Api, engine: Api) -> None:
    for api in (extension, engine):
        for path in ("/deployments/%ff", "/environments/%ed%a0%80", "/runs/1/outputs/%ff"):
            (await api("GET", path)).problem(400)
        check = await api.ask("GET", "/runs?deployment=%ff", None, {})
        check.problem(400)


async def test_deployments_that_are_not_there(extension: Api) -> None:
    for part in ("nobody", "%00", "..%2f..", "%2e%2e", "x" * 3000, "%F0%9F%98%80"):
        for method, path in (("GET", ""), ("DELETE", ""), ("GET", "/versions"), ("GET", "/runs")):
            answer = await extension(method, f"/deployments/{part}{path}")
            answer.problem(404, "name")
        answer = await extension("PATCH", f"/deployments/{part}", {"paused": True})
        answer.problem(404, "name")
    (await extension("GET", "/environments/sha256:nothing")).problem(404)
    (await extension("PUT", "/blobs/nothing", body=b"x")).problem(400)


async def test_changes_that_do_not_fit(extension: Api) -> None:
    for document, field in (
        ({}, None),
        ({"paused": 1}, "paused"),
        ({"paused": None}, "paused"),
        ({"paused": True, "name": "x"}, None),
    ):
        (await extension("PATCH", "/deployments/nobody", document)).problem(400, field)
    for document, field in (
        ({"digests": ["x"]}, "digests.0"),
        ({"digests": [3]}, "digests.0"),
        ({"digests": {}}, "digests"),
    ):
        (await extension("POST", "/blobs/missing", document)).problem(400, field)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)


def test_no_document_gives_a_traceback(
    jp_asyncio_loop: Any, jp_serverapp: ServerApp, extension: Api, place: Path
) -> None:
    """Whatever the members hold, the answer is one that openapi.yaml promises."""
    members = st.sampled_from(
        list(description()["components"]["schemas"]["DeployRequest"]["properties"])
    )

    @settings(
        max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
    )
    @given(st.dictionaries(members, JSON, max_size=3), st.booleans())
    def send(document: dict[str, Any], with_notebook: bool) -> None:
        request = {**({"notebook": "good.ipynb"} if with_notebook else {}), **document}
        jp_asyncio_loop.run_until_complete(extension("POST", "/deployments", request))

    send()


async def test_addresses_of_any_bytes(extension: Api, engine: Api) -> None:
    for api in (extension, engine):
        for number in range(256):
            part = urllib.parse.quote(bytes([number]))
            assert (await api("GET", f"/deployments/{part}")).status in (400, 404)
