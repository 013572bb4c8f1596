"""The engine's transitions on Jupyter's event bus, and many requests at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from jupyter_server.serverapp import ServerApp

from jupyter_deploy.server.transitions import SCHEMA_ID

from .contract import Api

Write = Callable[..., str]


class Listener:
    """Hears what the bus says of one deployment."""

    def __init__(self, app: ServerApp, deployment: str) -> None:
        self._deployment = deployment
        self._heard: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        app.event_logger.add_listener(schema_id=SCHEMA_ID, listener=self._hear)

    async def _hear(self, logger: Any, schema_id: str, data: dict[str, Any]) -> None:
        if data["deployment"] == self._deployment:
            self._heard.put_nowait(data)

    async def until(self, kind: str) -> list[dict[str, Any]]:
        """What was heard up to the first of this kind."""
        heard: list[dict[str, Any]] = []
        while not heard or heard[-1]["kind"] != kind:
            heard.append(await asyncio.wait_for(self._heard.get(), 60))
        return heard

    async def connected(self, api: Api, paused: bool = True) -> None:
        """The feed passes on: of changes made again and again, one is heard."""
        end = asyncio.get_running_loop().time() + 60
        while self._heard.empty():
            assert asyncio.get_running_loop().time() < end
            await api("PATCH", f"/deployments/{self._deployment}", {"paused": paused})
            paused = not paused
        while not self._heard.empty():
            self._heard.get_nowait()


async def test_a_runs_transitions_arrive(
    extension: Api, write: Write, name: str, jp_serverapp: ServerApp
) -> None:
    listener = Listener(jp_serverapp, name)
    write("quick.ipynb", "1 + 1")
    (await extension("POST", "/deployments", {"notebook": "quick.ipynb", "name": name})).good(201)
    await listener.connected(extension)
    run = (await extension("POST", f"/deployments/{name}/runs", {})).good(201)["id"]
    heard = [item for item in await listener.until("run.finished") if item["run"] == run]
    assert [(item["kind"], item["state"]) for item in heard] == [
        ("run.queued", "queued"),
        ("run.started", "running"),
        ("run.finished", "succeeded"),
    ]
    numbers = [item["id"] for item in heard]
    assert numbers == sorted(set(numbers))


async def test_twenty_people_deploy_and_run_the_same(
    extension: Api, write: Write, name: str
) -> None:
    write("same.ipynb", "1 + 1")
    request = {"notebook": "same.ipynb", "name": name}
    made = await asyncio.gather(*(extension("POST", "/deployments", request) for _ in range(20)))
    assert sorted(answer.status for answer in made) == [200] * 19 + [201]
    versions = (await extension("GET", f"/deployments/{name}/versions")).good()["versions"]
    assert len(versions) == 1

    path, key = f"/deployments/{name}/runs", {"Idempotency-Key": "one click"}
    runs = await asyncio.gather(*(extension("POST", path, {}, headers=key) for _ in range(20)))
    assert sorted(answer.status for answer in runs) == [200] * 19 + [201]
    assert len({answer.json()["id"] for answer in runs}) == 1
    await extension("DELETE", f"/deployments/{name}")


async def test_of_two_who_saw_the_same_version_one_deploys(
    extension: Api, write: Write, name: str
) -> None:
    write("one.ipynb", "1", parameters="n = 1")
    requests = [
        {"notebook": "one.ipynb", "name": name, "parameters": {"n": n}, "expected_version": 0}
        for n in (2, 3)
    ]
    answers = await asyncio.gather(*(extension("POST", "/deployments", r) for r in requests))
    late = next(answer for answer in answers if answer.status != 201)
    assert "meanwhile" in late.problem(409, "name")["detail"]
    assert (await extension("GET", f"/deployments/{name}")).good()["version"] == 1
