"""What all handlers of the engine share: the token, errors, the core's thread."""

from __future__ import annotations

import asyncio
import errno
import hmac
import json
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from http.client import responses
from typing import Any, TypeVar
from urllib.parse import unquote

from tornado import web

from jupyter_deploy.client.api import USER_HEADER
from jupyter_deploy.durable import is_full
from jupyter_deploy.engine.core import STOPPED, Core
from jupyter_deploy.engine.service import Service
from jupyter_deploy.errors import (
    DeployError,
    DiskFull,
    Forbidden,
    InvalidInput,
    NotFound,
    Unavailable,
)
from jupyter_deploy.ports.blobs import BlobStore
from jupyter_deploy.server.contract import read_body

log = logging.getLogger(__name__)

T = TypeVar("T")

#: Faults of disks and limits, not of the program.
_OF_THE_MACHINE = (errno.EIO, errno.EROFS, errno.ESTALE, errno.EMFILE, errno.ENFILE, errno.ENOMEM)
#: Seconds that a request waits for its turn on the engine's thread.
PATIENCE = 4.0
LOOK = 0.02
#: The largest that the database can hold.
MAX_INTEGER = 2**63 - 1


@dataclass(frozen=True)
class Context:
    """What the handlers work on."""

    core: Core
    service: Service
    blobs: BlobStore
    token: str
    status: Callable[[], dict[str, Any]]
    #: Requests that have no answer yet.
    open: set[web.RequestHandler] = field(default_factory=set)

    async def answered(self, seconds: float) -> None:
        """Wait until everybody has an answer, but not longer than this."""
        end = time.monotonic() + seconds
        while self.open and time.monotonic() < end:  # noqa: ASYNC110, once in a life
            await asyncio.sleep(LOOK)


class ProblemMixin(web.RequestHandler):
    """Errors leave as problem+json, never as a traceback."""

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        error = kwargs.get("exc_info", (None, None, None))[1]
        problem = _problem(status_code, error)
        self.set_status(problem["status"])
        if problem["status"] == 503:
            self.set_header("Retry-After", "2")
        self.send_problem(problem)

    def send_problem(self, problem: dict[str, Any]) -> None:
        self.set_header("Content-Type", "application/problem+json")
        self.finish(json.dumps(problem))

    def log_exception(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        if isinstance(error, (DeployError, web.HTTPError)):
            return
        if isinstance(error, OSError) and (said := _of_files(error)):
            log.warning("%s (%s)", said, error)
            return
        super().log_exception(kind, error, trace)


def _problem(status: int, error: BaseException | None) -> dict[str, Any]:
    if isinstance(error, OSError):
        error = _of_files(error) or error
    if isinstance(error, DeployError):
        return error.problem()
    if status == 404:
        return NotFound("There is nothing at this address.").problem()
    said = str(getattr(error, "log_message", None) or responses.get(status, "Refused"))
    sentence = said.rstrip(".") + "."
    if status in (401, 403):
        return {
            **Forbidden(sentence, hint="Log in as somebody who may.").problem(),
            "status": status,
        }
    if 400 <= status < 500:
        return {**InvalidInput(sentence).problem(), "status": status}
    failure = DeployError(
        "The engine met an error of its own; nothing was changed.",
        hint="The details are in engine.log in the data directory.",
    )
    return {**failure.problem(), "status": status}


def _of_files(error: OSError) -> Unavailable | None:
    """What to say when the engine cannot use its files; None for an error of its own."""
    if is_full(error):
        return DiskFull(
            "There is no room on the engine's disk.",
            hint="Nothing was changed; free some space and try again.",
        )
    if error.errno in _OF_THE_MACHINE:
        return Unavailable(
            f"The engine cannot use its files: {error.strerror}.",
            hint="Nothing was changed. `jupyter deploy doctor` may say more.",
        )
    return None


class EngineHandler(ProblemMixin):
    """A handler of the engine's API; every request carries the token."""

    context: Context

    def initialize(self, context: Context) -> None:
        self.context = context

    def prepare(self) -> Awaitable[None] | None:
        if not self.has_engine_token:
            raise Forbidden(
                "The engine's token is missing or wrong.",
                hint="It is in the engine's runtime file; the CLI and JupyterLab read it.",
            )
        self.enter()
        return None

    @property
    def has_engine_token(self) -> bool:
        given = self.request.headers.get("Authorization", "")
        return hmac.compare_digest(given.encode(), f"token {self.context.token}".encode())

    def enter(self) -> None:
        """The request is allowed: it counts as a use and is waited for."""
        self.context.core.touch()
        self.context.open.add(self)
        if self.context.core.stopping:
            self.set_header("Connection", "close")  # nobody would answer what comes next

    def on_finish(self) -> None:
        self.context.open.discard(self)

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        if self.context.core.stopping and "exc_info" not in kwargs:  # cut off by the stop
            error = Unavailable(STOPPED, hint="It may have been done; look before you try again.")
            kwargs["exc_info"] = (Unavailable, error, None)
        super().write_error(status_code, **kwargs)

    @property
    def service(self) -> Service:
        return self.context.service

    @property
    def user(self) -> str | None:
        return unquote(self.request.headers.get(USER_HEADER, "")) or None

    async def on_core(self, job: Callable[[], T]) -> T:
        """Run the job on the engine's thread. Raises Unavailable when its turn does not come."""
        future = self.context.core.submit(job)
        asked = asyncio.wrap_future(future)
        done, _ = await asyncio.wait([asked], timeout=PATIENCE)
        if not done and future.cancel():
            raise Unavailable(
                "The engine is busy; perhaps its database is slow.",
                hint="Nothing was changed; try again.",
            )
        return await asked

    def body(self, schema: str) -> dict[str, Any]:
        return read_body(self.request.body, schema)

    def send(self, document: dict[str, Any], status: int = 200) -> None:
        self.set_status(status)
        self.set_header("Content-Type", "application/json")
        self.finish(json.dumps(document))

    def integer(self, name: str, default: int, low: int, high: int = MAX_INTEGER) -> int:
        """An integer of the query. Raises InvalidInput."""
        text = self.get_query_argument(name, str(default))
        try:
            value = int(text)
        except ValueError:
            value = low - 1
        if not low <= value <= high:
            bounds = f"from {low} to {high}" if high < MAX_INTEGER else f"of at least {low}"
            raise InvalidInput(f"{name} is a whole number {bounds}, not {text!r}.", field=name)
        return value


class Nothing(ProblemMixin):
    """Any address that is not part of the API."""

    def prepare(self) -> None:
        raise NotFound("There is nothing at this address.")
