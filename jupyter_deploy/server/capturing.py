"""The operations that see this server's files."""

from __future__ import annotations

import asyncio
import os
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Any

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from jupyter_deploy.capture.bundle import Captured, capture
from jupyter_deploy.capture.drift import drift
from jupyter_deploy.capture.locks import LOCKED
from jupyter_deploy.client.api import EngineClient
from jupyter_deploy.client.launch import find_engine
from jupyter_deploy.domain.environment import Environment
from jupyter_deploy.domain.names import suggest_name
from jupyter_deploy.domain.policies import POLICIES
from jupyter_deploy.errors import Forbidden, InvalidInput, NotFound
from jupyter_deploy.server.contract import read_body
from jupyter_deploy.server.forwarding import ExtensionHandler


class CapturingHandler(ExtensionHandler):
    @property
    def root(self) -> Path:
        root = self.settings.get("server_root_dir") or self.contents_manager.root_dir
        return Path(root).expanduser().resolve()

    async def captured(self, request: dict[str, Any], *, look_only: bool = False) -> Captured:
        notebook = _inside(self.root, request["notebook"])
        patterns = request.get("files", [])
        return await asyncio.to_thread(
            capture,
            notebook,
            limit=self.root,
            patterns=patterns,
            environment=self.wanted_environment(request),
            packages=request.get("packages", []),
            look_only=look_only,
            secrets=request.get("secrets") or (),
            passed=self.deploy_settings.kernel_environment,
        )

    def wanted_environment(self, request: dict[str, Any]) -> str | None:
        """What is not said is usual here; what gets packages is locked."""
        usual = None if request.get("packages") else self.deploy_settings.environment
        return request.get("runs_in") or usual

    async def client(self) -> EngineClient:
        endpoint = await self.endpoint()
        return EngineClient(endpoint.url, endpoint.token, user=self.user_name)


def _inside(root: Path, path: str) -> Path:
    """The file that a path of the contents API names. Raises Forbidden."""
    if "\0" in path:
        raise InvalidInput("A path has no NUL character.", field="notebook")
    place = Path(root, path.lstrip("/"))
    if not Path(os.path.realpath(place)).is_relative_to(root):  # calm about loops of links
        raise Forbidden(
            "The notebook lies outside the folder that this server shows.",
            field="notebook",
            hint="Move it into that folder, or deploy it from the command line.",
        )
    return place


class InspectHandler(CapturingHandler):
    """What the dialog shows; nothing is stored and no engine is started."""

    @authenticated
    @authorized
    async def post(self) -> None:
        request = read_body(self.request.body, "InspectRequest")
        captured = await self.captured(request, look_only=True)
        bundle = captured.bundle.to_json()
        keys = (
            "parameters",
            "parameters_known",
            "kernel",
            "packages",
            "files",
            "git",
            "cells",
        )
        current = await self._current(captured)
        document = {
            **{key: bundle[key] for key in keys},
            "findings": [asdict(item) for item in captured.bundle.findings],
            "possible_parameters": [asdict(item) for item in captured.possible],
            "runs_in": self.deploy_settings.environment or LOCKED,
            "notebook": bundle["notebook"]["path"],
            "origin": captured.origin,
            "name": current["name"] if current else suggest_name(request["notebook"]),
            "current": current,
        }
        await self.finish(document)

    async def _current(self, captured: Captured) -> dict[str, Any] | None:
        """The deployment of this notebook, the newest if there are several."""
        if not find_engine(self.deploy_settings) and not self.deploy_settings.has_database:
            return None
        client = await self.client()
        deployments = (await asyncio.to_thread(client.deployments))["deployments"]
        own = [item for item in deployments if _is_of(item, captured)]
        return max(own, key=lambda item: str(item["created_at"]), default=None)


def _is_of(deployment: dict[str, Any], captured: Captured) -> bool:
    """Whether it is this notebook's; the rule is `NewVersion.check_notebook`'s."""
    if captured.origin and deployment["origin"]:
        return bool(deployment["origin"] == captured.origin)
    return bool(deployment["notebook"] == captured.bundle.notebook.path)


class PlaceHandler(CapturingHandler):
    """Where this server shows a deployment's notebook."""

    @authenticated
    @authorized
    async def get(self, name: str) -> None:
        client = await self.client()
        deployment = await asyncio.to_thread(client.deployment, name)
        place = deployment["origin"] or deployment["notebook"]
        await self.finish({"path": _shown(self.root, place)})


class DriftHandler(CapturingHandler):
    """The kernelspecs of this server, beside what is live."""

    @authenticated
    @authorized
    async def get(self, name: str) -> None:
        client = await self.client()
        await self.finish(await asyncio.to_thread(_drift, client, name))


def _drift(client: EngineClient, name: str) -> dict[str, Any]:
    with closing(client):
        deployment = client.deployment(name)
        digest = deployment["environment"]["digest"]
        live = Environment.from_json(client.environment(digest)) if digest else None
    return drift(deployment, live)


def _shown(root: Path, place: str) -> str:
    """The path for the contents API. Raises NotFound."""
    path = Path(os.path.realpath(Path(root, place)))
    if not path.is_relative_to(root):
        raise NotFound(
            f"The notebook {place} lies outside the folder that this server shows, {root}.",
            field="notebook",
            hint="A Jupyter Server that is started in a folder above it can open it.",
        )
    if not path.is_file():
        raise NotFound(
            f"There is no notebook {place} any more.",
            field="notebook",
            hint="It was moved, renamed or deployed from another machine; "
            "what runs is the copy that was deployed.",
        )
    return path.relative_to(root).as_posix()


class DeployHandler(CapturingHandler):
    """`deployments`: capture what is named by path, forward everything else."""

    @authenticated
    @authorized
    async def get(self) -> None:
        await self.forward("deployments")

    @authenticated
    @authorized
    async def post(self) -> None:
        request = read_body(self.request.body, "DeployRequest")
        if "bundle" in request:
            await self.forward("deployments")
            return
        if "notebook" not in request:
            raise InvalidInput("No notebook is named.", field="notebook")
        captured = await self.captured(request)
        client = await self.client()
        document, created = await asyncio.to_thread(
            client.deploy,
            captured,
            name=request.get("name") or suggest_name(request["notebook"]),
            parameters=request.get("parameters", {}),
            schedule=request.get("schedule"),
            expected_version=request.get("expected_version"),
            replace=request.get("replace", False),
            policies={key: request.get(key) for key in POLICIES},
            outputs=request.get("outputs"),
            preflight=request.get("preflight"),
        )
        self.set_status(201 if created else 200)
        await self.finish(document)
