"""Requests on their way from the Jupyter Server to the engine."""

from __future__ import annotations

import asyncio
import json
from asyncio import Future
from typing import Any
from urllib.parse import quote

import httpx
from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import APIHandler
from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPRequest, HTTPResponse
from tornado.httputil import HTTPHeaders
from tornado.iostream import StreamClosedError
from tornado.web import authenticated

from jupyter_deploy.client.api import PREFIX, USER_HEADER
from jupyter_deploy.client.launch import Endpoint, ensure_engine, find_engine
from jupyter_deploy.config import Settings
from jupyter_deploy.errors import Unavailable
from jupyter_deploy.server.base import ProblemMixin

AUTH_RESOURCE = "jupyter_deploy"
_SENT = ("Content-Type", "Idempotency-Key", "Accept")
_RETURNED = (
    "Content-Type",
    "Content-Security-Policy",
    "X-Content-Type-Options",
    "Content-Disposition",
    "Retry-After",
)
#: Seconds; long polling takes up to 30.
TIMEOUT = 120.0
#: Renderings wait for their turn before they are made.
SLOW = httpx.Timeout(300, connect=5)


class ExtensionHandler(ProblemMixin, APIHandler):
    """Logged in, allowed, and answered in the engine's own forms."""

    auth_resource = AUTH_RESOURCE
    #: What a stream has from the engine beside what all answers have.
    streamed_headers: tuple[str, ...] = ("Content-Length",)

    def finish(self, *args: Any, **kwargs: Any) -> Future[None]:
        # Jupyter's own handlers answer JSON whatever they were told.
        kwargs.setdefault("set_content_type", self._headers["Content-Type"])
        return super().finish(*args, **kwargs)

    @property
    def deploy_settings(self) -> Settings:
        settings: Settings = self.settings["jupyter_deploy"]
        return settings

    @property
    def user_name(self) -> str:
        user = self.current_user
        return str(getattr(user, "username", None) or user)

    async def endpoint(self) -> Endpoint:
        return await asyncio.to_thread(ensure_engine, self.deploy_settings)

    async def forward(self, path: str) -> None:
        response = await self._ask(await self.endpoint(), path)
        self.set_status(response.code)
        for name in _RETURNED:
            if name in response.headers:
                self.set_header(name, response.headers[name])
        if response.code != 204:
            self.write(response.body)
        await self.finish()

    async def stream(self, path: str) -> None:
        """Forward a file piece by piece: it may be larger than what this server may hold."""
        endpoint = await self.endpoint()
        await self.stream_from(self._address(endpoint, path), dict(self._sent(endpoint)))

    async def stream_from(self, address: str, headers: dict[str, str]) -> None:
        # Loopback: certificates, slow to load, are not looked at.
        async with httpx.AsyncClient(timeout=SLOW, trust_env=False, verify=False) as client:  # noqa: S501
            try:
                async with client.stream(
                    self.request.method or "GET", address, headers=headers
                ) as response:
                    await self._pass_on(response)
            except httpx.TransportError as error:
                if self._headers_written:  # too late to say so: cut it off
                    self.detach().close()
                    return
                raise _silent() from error

    async def _pass_on(self, response: httpx.Response) -> None:
        self.set_status(response.status_code)
        for name in (*_RETURNED, *self.streamed_headers):
            if name in response.headers:
                self.set_header(name, response.headers[name])
        try:
            await self.flush()  # so that a length that was told stays, also without a body
            async for piece in response.aiter_raw():
                self.write(piece)
                await self.flush()
            await self.finish()
        except StreamClosedError:  # the reader has gone
            return

    def _address(self, endpoint: Endpoint, path: str) -> str:
        query = f"?{self.request.query}" if self.request.query else ""
        return f"{endpoint.url}{PREFIX}/{path}{query}"

    async def _ask(self, endpoint: Endpoint, path: str) -> HTTPResponse:
        request = HTTPRequest(
            self._address(endpoint, path),
            method=self.request.method or "GET",
            headers=self._sent(endpoint),
            body=self.request.body or None,
            allow_nonstandard_methods=True,
            follow_redirects=False,
            request_timeout=TIMEOUT,
        )
        try:
            return await AsyncHTTPClient().fetch(request, raise_error=False)
        except (OSError, HTTPClientError) as error:  # refused, cut off, too slow
            raise _silent() from error

    def _sent(self, endpoint: Endpoint) -> HTTPHeaders:
        given = self.request.headers
        headers = HTTPHeaders({name: given[name] for name in _SENT if name in given})
        headers["Authorization"] = f"token {endpoint.token}"
        headers[USER_HEADER] = quote(self.user_name)
        return headers


def _silent() -> Unavailable:
    return Unavailable("The engine does not answer.", hint="Try again; it is started when needed.")


class ForwardHandler(ExtensionHandler):
    """Everything that needs no files of this server."""

    @authenticated
    @authorized
    async def get(self) -> None:
        await self.forward(self._raw_path)

    @authenticated
    @authorized
    async def post(self) -> None:
        await self.forward(self._raw_path)

    @authenticated
    @authorized
    async def put(self) -> None:
        await self.forward(self._raw_path)

    @authenticated
    @authorized
    async def patch(self) -> None:
        await self.forward(self._raw_path)

    @authenticated
    @authorized
    async def delete(self) -> None:
        await self.forward(self._raw_path)

    @property
    def _raw_path(self) -> str:
        """The path as it was sent: decoding it would lose an escaped slash."""
        return self.request.path.split(PREFIX + "/", 1)[1]


class FileHandler(ForwardHandler):
    """What runs left may be large."""

    @authenticated
    @authorized
    async def get(self) -> None:
        await self.stream(self._raw_path)


class HealthHandler(ExtensionHandler):
    """The engine's state; looking at it starts nothing."""

    @authenticated
    @authorized
    async def get(self) -> None:
        if await asyncio.to_thread(find_engine, self.deploy_settings):
            await self.forward("health")
        else:
            self.set_header("Content-Type", "application/json")
            await self.finish(json.dumps(self.deploy_settings.idle_status()))
