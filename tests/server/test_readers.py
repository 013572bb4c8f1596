"""Tokens of readers: what they open, and that they open nothing else."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from jupyter_server.auth import Authorizer
from jupyter_server.serverapp import ServerApp

from jupyter_deploy.config import Settings

from .contract import Api, operations, published, sample
from .publishing import *  # noqa: F403, its fixtures
from .publishing import SALES, Readers, deploy, run


async def make(api: Api, name: str, label: str = "") -> dict[str, Any]:
    document: dict[str, Any] = (
        await api("POST", f"/deployments/{name}/tokens", {"label": label})
    ).good(201)
    return document


async def test_a_token_opens_its_deployment_in_every_way(
    engine: Api, extension: Api, engine_readers: Readers, lab_readers: Readers, name: str
) -> None:
    await deploy(engine, name, SALES)
    await run(engine, name)
    secret = (await make(extension, name, "for Ada"))["secret"]
    for readers in (engine_readers, lab_readers):
        for address in ("", "auc", "scores", "model", "report", "scores/schema"):
            for scheme in ("token", "Bearer"):
                answer = await readers.acting(Authorization=f"{scheme} {secret}")(
                    f"/{name}/{address}"
                )
                assert answer.status == 200, address
            stranger = readers.acting()
            assert (await stranger(f"/{name}/{address}?token={secret}")).status == 200
            assert (await stranger(f"/{name}/{address}", "HEAD")).status == 403
        page = await stranger(f"/{name}/?token={secret}", Accept="text/html")
        assert f'href="report?token={secret}"'.encode() in page.body
        bare = await stranger(f"/{name}/report?raw=1&token={secret}", Accept="text/html")
        assert (bare.status, bare.body) == (302, b"")
        assert secret not in bare.headers["Location"]  # where the report's scripts find it
        moved = await stranger(f"/{name}/{bare.headers['Location']}", Accept="text/html")
        assert (moved.status, moved.media_type) == (200, "text/html")
        report = await stranger(f"/{name}/report?token={secret}", Accept="text/html")
        assert secret.encode() not in report.body
        assert report.headers["Referrer-Policy"] == "no-referrer"


async def test_what_is_no_token_of_the_deployment_is_refused_alike(
    engine: Api, engine_readers: Readers, lab_readers: Readers, name: str
) -> None:
    other = f"{name}-other"
    for one in (name, other):
        await deploy(engine, one)
    foreign, revoked = (await make(engine, other))["secret"], await make(engine, name)
    address = f"/deployments/{name}/tokens/{revoked['id']}"
    for _twice in range(2):
        assert (await engine("DELETE", address)).good()["revoked_at"]
    wrong = (foreign, revoked["secret"], "jdr_", "x" * 5000, "ü", foreign.upper(), " ", "")
    for readers in (engine_readers, lab_readers):
        for secret in wrong:
            answers = [
                await readers.acting()(f"/{place}/auc?token={quote(secret)}")
                for place in (name, "nobody")
            ]
            if secret.isascii() and secret.strip():
                headers = {"Authorization": f"token {secret}"}
                answers.append(await readers.acting(**headers)(f"/{name}/auc"))
            for answer in answers:
                assert answer.status == 403
                assert answer.json()["type"] == "forbidden"


async def test_a_token_of_a_deleted_deployment_opens_nothing(
    engine: Api, lab_readers: Readers, name: str
) -> None:
    await deploy(engine, name, SALES)
    await run(engine, name)
    reader = lab_readers.acting(Authorization=f"token {(await make(engine, name))['secret']}")
    assert (await reader(f"/{name}/auc")).status == 200
    await engine("DELETE", f"/deployments/{name}")
    assert (await reader(f"/{name}/auc")).status == 403
    await deploy(engine, name, SALES)
    assert (await reader(f"/{name}/auc")).status == 403


async def test_a_token_opens_nothing_of_the_api(engine: Api, extension: Api, name: str) -> None:
    await deploy(engine, name)
    secret = (await make(engine, name))["secret"]
    for api in (engine, extension):
        for scheme in ("token", "Bearer"):
            reader = api.acting(Authorization=f"{scheme} {secret}")
            for method, path in operations():
                address = sample(path).replace("nobody", name)
                assert (await reader(method, address, {})).status in (403, 405), (method, path)
        for method, path in operations():
            address = sample(path).replace("nobody", name)
            answer = await api.acting().ask(method, f"{address}?token={secret}", b"{}", {})
            assert answer.status in (403, 405), (method, path)


async def test_strangers_see_nothing_that_is_published(
    engine_readers: Readers, lab_readers: Readers
) -> None:
    for readers in (engine_readers, lab_readers):
        for method, path in published():
            address = sample(path).removeprefix("/published")
            answer = await readers.acting()(address, method)
            assert answer.status == 403, (method, path)
        page = await readers.acting()("/nobody/", Accept="text/html")
        assert page.status == 403


async def test_who_is_logged_in_and_may_not_is_refused(
    engine: Api, lab_readers: Readers, jp_serverapp: ServerApp, name: str
) -> None:
    await deploy(engine, name, SALES)
    await run(engine, name)
    secret = (await make(engine, name))["secret"]

    class Denying(Authorizer):
        def is_authorized(self, handler: Any, user: Any, action: str, resource: str) -> bool:
            assert (action, resource) == ("read", "jupyter_deploy")
            return False

    assert (await lab_readers(f"/{name}/auc")).status == 200
    jp_serverapp.web_app.settings["authorizer"] = Denying()
    assert (await lab_readers(f"/{name}/auc")).status == 403
    assert (await lab_readers.acting()(f"/{name}/auc?token={secret}")).status == 200


async def test_uses_are_noted_and_secrets_are_not(
    engine: Api, engine_readers: Readers, name: str, deploy_settings: Settings
) -> None:
    await deploy(engine, name)
    made = await make(engine, name, "noted")
    assert made["used_at"] is None
    for _ in range(3):
        answer = await engine_readers.acting()(f"/{name}/?token={made['secret']}")
        assert answer.status == 404  # nothing is published yet
    [listed] = (await engine("GET", f"/deployments/{name}/tokens")).good()["tokens"]
    assert listed["used_at"] is not None
    assert "secret" not in listed
    for path in deploy_settings.data_dir.rglob("*"):
        if path.is_file() and path.parent != deploy_settings.readers_dir:
            assert made["secret"].encode() not in path.read_bytes(), path


@pytest.mark.parametrize("label", ["x" * 101, "a\nb", "a\0b", 1])
async def test_labels_are_one_line(engine: Api, name: str, label: object) -> None:
    await deploy(engine, name)
    answer = await engine("POST", f"/deployments/{name}/tokens", {"label": label})
    answer.problem(400, "label")


async def test_tokens_that_there_are_not(engine: Api, extension: Api, name: str) -> None:
    await deploy(engine, name)
    for api in (engine, extension):
        (await api("GET", "/deployments/nobody/tokens")).problem(404, "name")
        (await api("POST", "/deployments/nobody/tokens", {})).problem(404, "name")
        (await api("DELETE", f"/deployments/{name}/tokens/{'9' * 18}")).problem(404)
        (await api("DELETE", f"/deployments/{name}/tokens/{'9' * 30}")).problem(404)
