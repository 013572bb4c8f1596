"""Secrets over the API: names come out, values never."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import pytest

from jupyter_deploy.config import Settings

from .contract import Api

VALUE = "hunter2-correct-horse"
_numbers = itertools.count(1)


@pytest.fixture
def secret() -> str:
    """A name that no other test uses."""
    return f"SECRET_{next(_numbers)}"


async def listed(api: Api) -> dict[str, Any]:
    document = (await api("GET", "/secrets")).good()
    return {item["name"]: item for item in document["secrets"]}


async def test_a_secret_is_set_listed_replaced_and_deleted(
    engine: Api, extension: Api, secret: str
) -> None:
    for api in (engine, extension):
        made = (await api("PUT", f"/secrets/{secret}", {"value": VALUE})).good(201)
        assert (made["name"], made["used_by"]) == (secret, [])
        assert (await listed(api))[secret] == made
        (await api("PUT", f"/secrets/{secret}", {"value": f"{VALUE}!"})).good(200)
        assert (await api("DELETE", f"/secrets/{secret}")).good()["name"] == secret
        assert secret not in await listed(api)
        (await api("DELETE", f"/secrets/{secret}")).problem(404, "name")


async def test_where_they_are_is_said(engine: Api, deploy_settings: Settings, secret: str) -> None:
    (await engine("PUT", f"/secrets/{secret}", {"value": VALUE})).good(201)
    document = (await engine("GET", "/secrets")).good()
    assert document["kept_in"] == str(deploy_settings.data_dir / "secrets.json")


@pytest.mark.parametrize(
    "body",
    [
        {"value": 77_777_777},
        {"value": None},
        {"value": ["hunter2-in-a-list"]},
        {"value": VALUE, "more": "hunter2-beside"},
        {"hunter2-name": 1},
        {"value": "hunter2\0"},
        {"value": "hunter2" * 10_000},
        {"value": "h77"},
        {"value": "hunter2\ud800"},
    ],
)
async def test_a_value_that_cannot_be_one_is_refused_without_repeating_it(
    engine: Api, extension: Api, secret: str, body: Any
) -> None:
    for api in (engine, extension):
        answer = await api("PUT", f"/secrets/{secret}", body)
        answer.problem(400, "value")
        assert b"hunter2" not in answer.body and b"77" not in answer.body
    assert secret not in await listed(engine)


async def test_a_name_that_no_variable_can_have_is_refused(engine: Api, extension: Api) -> None:
    for api in (engine, extension):
        for name in ("PATH", "1ST", "a-b", "JUPYTER_DEPLOY_ATTEMPT", "A" * 129):
            (await api("PUT", f"/secrets/{name}", {"value": VALUE})).problem(400, "name")


async def test_a_deployment_whose_secret_is_not_set_is_refused(
    extension: Api, write: Callable[..., str], name: str, secret: str
) -> None:
    request = {"notebook": write("a.ipynb", "1"), "name": name, "secrets": [secret]}
    problem = (await extension("POST", "/deployments", request)).problem(400, "secrets")
    assert problem["detail"] == f"The secret {secret} is not set."
    assert secret in problem["hint"]
    (await extension("GET", f"/deployments/{name}")).problem(404, "name")
    (await extension("PUT", f"/secrets/{secret}", {"value": VALUE})).good(201)
    document = (await extension("POST", "/deployments", request)).good(201)
    assert document["policies"]["secrets"] == [secret]


async def test_names_that_cannot_be_secrets_are_refused_at_deploy(
    extension: Api, write: Callable[..., str], name: str
) -> None:
    notebook = write("a.ipynb", "1")
    for names in (["PATH"], ["a b"], ["A" * 200], [""]):
        request = {"notebook": notebook, "name": name, "secrets": names}
        (await extension("POST", "/deployments", request)).problem(400, "secrets")


async def test_one_that_is_in_use_is_deleted_only_by_force(
    extension: Api, write: Callable[..., str], name: str, secret: str
) -> None:
    (await extension("PUT", f"/secrets/{secret}", {"value": VALUE})).good(201)
    request = {"notebook": write("a.ipynb", "1"), "name": name, "secrets": [secret]}
    (await extension("POST", "/deployments", request)).good(201)
    assert (await listed(extension))[secret]["used_by"] == [name]
    problem = (await extension("DELETE", f"/secrets/{secret}")).problem(409, "name")
    assert name in problem["detail"]
    assert secret in await listed(extension)
    (await extension("DELETE", f"/secrets/{secret}?force=perhaps")).problem(400, "force")
    gone = (await extension("DELETE", f"/secrets/{secret}?force=true")).good()
    assert gone["used_by"] == [name]


async def test_a_version_without_secrets_is_the_one_from_before_there_were_any(
    extension: Api, write: Callable[..., str], name: str, secret: str
) -> None:
    request = {"notebook": write("a.ipynb", "1"), "name": name}
    (await extension("POST", "/deployments", request)).good(201)
    (await extension("POST", "/deployments", {**request, "secrets": []})).good(200)
    (await extension("PUT", f"/secrets/{secret}", {"value": VALUE})).good(201)
    changed = (await extension("POST", "/deployments", {**request, "secrets": [secret]})).good(201)
    assert changed["version"] == 2
