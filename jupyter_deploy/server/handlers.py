"""The engine's API: deployments, versions, environments, blobs, health."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterator
from typing import IO, Any

from tornado import web

from jupyter_deploy.domain.bundle import Bundle
from jupyter_deploy.domain.deployments import NewVersion
from jupyter_deploy.domain.environment import Environment
from jupyter_deploy.domain.names import suggest_name
from jupyter_deploy.domain.policies import read_policies
from jupyter_deploy.domain.preflight import read_preflight
from jupyter_deploy.domain.publishing import read_outputs
from jupyter_deploy.domain.schedule import Schedule
from jupyter_deploy.engine.service import PREVIEW, View
from jupyter_deploy.errors import InvalidInput, TooLarge
from jupyter_deploy.server import documents
from jupyter_deploy.server.base import EngineHandler
from jupyter_deploy.timetable import check_schedule, next_fires

#: Bytes of one captured file.
MAX_BLOB = 512 * 1024 * 1024
CHUNK = 1024 * 1024
#: What a number in the database can be at the most.
MOST_VERSIONS = 2**31 - 1
#: Seconds between looks for a new event.
LOOK = 0.1


class HealthHandler(EngineHandler):
    async def get(self) -> None:
        load = await self.on_core(self.service.load)
        self.send({**self.context.status(), **load})


class PreviewHandler(EngineHandler):
    def post(self) -> None:
        schedule = Schedule.from_json(self.body("Schedule"))
        now = documents.utc_now()
        check_schedule(schedule.cron, schedule.timezone, now)
        fires = next_fires(schedule.cron, schedule.timezone, now, PREVIEW)
        self.send(documents.preview_document(schedule.cron, schedule.timezone, fires))


class InspectHandler(EngineHandler):
    def post(self) -> None:
        raise _no_files()


class PlaceHandler(EngineHandler):
    def get(self, _name: str) -> None:
        raise _no_files()


class DriftHandler(EngineHandler):
    def get(self, _name: str) -> None:
        raise _no_files()


def _no_files() -> InvalidInput:
    return InvalidInput(
        "The engine does not see your files.",
        hint="Send this to the Jupyter Server, or use the command line.",
    )


class MissingBlobsHandler(EngineHandler):
    async def post(self) -> None:
        digests = self.body("Digests")["digests"]
        missing = await self.on_core(lambda: self.service.missing(digests))
        self.send({"digests": missing})


@web.stream_request_body
class BlobHandler(EngineHandler):
    """Uploads go through a temporary file: memory stays flat."""

    _file: IO[bytes] | None = None
    _failure: OSError | None = None

    def prepare(self) -> None:
        super().prepare()
        self.request.connection.set_max_body_size(MAX_BLOB)  # type: ignore[union-attr]
        length = int(self.request.headers.get("Content-Length", "0"))
        if length > MAX_BLOB:
            raise TooLarge(
                f"A captured file may have {MAX_BLOB // 1024**2} MB.",
                field="files",
                hint="Read large data from where it lives instead of taking it along.",
            )
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 (on_finish closes it)

    def data_received(self, chunk: bytes) -> None:
        if self._file is None or self._failure is not None:
            return
        try:
            self._file.write(chunk)
        except OSError as error:
            self._failure = error  # raised here it would only cut the connection

    async def put(self, digest: str) -> None:
        assert self._file is not None
        if self._failure is not None:
            raise self._failure
        self._file.seek(0)
        chunks = _chunks(self._file)
        await self.on_core(lambda: self.context.blobs.put(digest, chunks))
        self.set_status(204)

    def on_finish(self) -> None:
        super().on_finish()
        if self._file is not None:
            self._file.close()


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    while chunk := file.read(CHUNK):
        yield chunk


class ViewHandler(EngineHandler):
    """Answers with a whole deployment."""

    async def send_view(self, view: View, status: int = 200) -> None:
        environment = await self.on_core(lambda: self.service.environment_of(view.version))
        self.send(documents.deployment_document(view, environment), status)


class DeploymentsHandler(ViewHandler):
    async def get(self) -> None:
        views = await self.on_core(self.service.views)
        self.send({"deployments": [documents.summary(view) for view in views]})

    async def post(self) -> None:
        request = self.body("DeployRequest")
        if "bundle" not in request:
            raise InvalidInput(
                "The engine takes captured bundles, not notebook paths.",
                field="notebook",
                hint="Deploy through the Jupyter Server or the command line.",
            )
        new, environment = self._read(request)
        view, created = await self.on_core(lambda: self.service.deploy(new, environment))
        await self.send_view(view, 201 if created else 200)

    def _read(self, request: dict[str, Any]) -> tuple[NewVersion, Environment | None]:
        bundle = Bundle.from_json(request["bundle"])
        schedule = request.get("schedule")
        snapshot = request.get("environment")
        environment = Environment.from_json(snapshot) if snapshot else None
        if bundle.environment != (environment.digest if environment else None):
            raise InvalidInput(
                "The environment snapshot is not the one that the bundle names.",
                field="environment",
            )
        new = NewVersion(
            name=request.get("name") or suggest_name(bundle.notebook.path),
            bundle=bundle,
            parameters=request.get("parameters", {}),
            schedule=Schedule.from_json(schedule) if schedule else None,
            created_by=self.user,
            expected_version=request.get("expected_version"),
            replace=request.get("replace", False),
            policies=read_policies(request),
            origin=request.get("origin"),
            outputs=read_outputs(request.get("outputs")),
            preflight=read_preflight(request.get("preflight"), self.service.usual_preflight),
        )
        return new, environment


class DeploymentHandler(ViewHandler):
    async def get(self, name: str) -> None:
        number = self.integer("version", 0, 0, MOST_VERSIONS)
        view = await self.on_core(lambda: self.service.view(name, number))
        await self.send_view(view)

    async def patch(self, name: str) -> None:
        paused = self.body("DeploymentChange")["paused"]
        view = await self.on_core(lambda: self.service.set_paused(name, paused))
        await self.send_view(view)

    async def delete(self, name: str) -> None:
        view = await self.on_core(lambda: self.service.delete(name))
        await self.send_view(view)


class EnvironmentHandler(EngineHandler):
    async def get(self, digest: str) -> None:
        environment = await self.on_core(lambda: self.service.environment(digest))
        self.send(environment.to_json())


class EventsHandler(EngineHandler):
    """Long polling: an open request is no use of the engine and does not keep it."""

    def prepare(self) -> None:
        last_use = self.context.core.last_use
        super().prepare()
        self.context.core.last_use = last_use

    async def get(self) -> None:
        core = self.context.core
        after = self.integer("after", -1, -1)
        if after < 0:
            after = core.last_event
        await self._wait_for_event(after)
        events = await self.on_core(lambda: self.service.events(after))
        last = events[-1].id if events else after
        self.send(
            {
                "events": [documents.event_document(item) for item in events],
                "next": last,
            }
        )

    async def _wait_for_event(self, after: int) -> None:
        loop = asyncio.get_running_loop()
        end = loop.time() + self._wait()
        core = self.context.core
        while core.last_event <= after and loop.time() < end and not core.stopping:
            if self.request.connection.stream.closed():  # type: ignore[union-attr]
                return
            await asyncio.sleep(LOOK)

    def _wait(self) -> float:
        text = self.get_query_argument("wait", "0")
        try:
            return min(30.0, max(0.0, float(text)))
        except ValueError:
            raise InvalidInput(
                f"wait is a number of seconds, not {text!r}.", field="wait"
            ) from None
