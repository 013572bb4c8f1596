"""Requests on their way from the Jupyter Server to the engine."""

from __future__ import annotations

import asyncio
import json
from asyncio import Future
from typing import Any
from urllib.parse import quote

from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import APIHandler
from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPRequest, HTTPResponse
from tornado.httputil import HTTPHeaders
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
    "Retry-After",
)
#: Seconds; long polling takes up to 30.
TIMEOUT = 120.0


class ExtensionHandler(ProblemMixin, APIHandler):
    """Logged in, allowed, and answered in the engine's own forms."""

    auth_resource = AUTH_RESOURCE

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

    async def _ask(self, endpoint: Endpoint, path: str) -> HTTPResponse:
        query = f"?{self.request.query}" if self.request.query else ""
        request = HTTPRequest(
            f"{endpoint.url}{PREFIX}/{path}{query}",
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
            raise Unavailable(
                "The engine does not answer.",
                hint="Try again; it is started when needed.",
            ) from error

    def _sent(self, endpoint: Endpoint) -> HTTPHeaders:
        given = self.request.headers
        headers = HTTPHeaders({name: given[name] for name in _SENT if name in given})
        headers["Authorization"] = f"token {endpoint.token}"
        headers[USER_HEADER] = quote(self.user_name)
        return headers


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
