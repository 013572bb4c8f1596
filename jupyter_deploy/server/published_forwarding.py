"""What readers get, through the Jupyter Server: for those who are logged in, and for tokens.

A token of a reader is no login: it is handed on to the engine, which alone knows what it opens.
"""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

from jupyter_core.utils import ensure_async
from jupyter_server.auth.decorator import allow_unauthenticated
from tornado.web import HTTPError

from jupyter_deploy.client.api import PUBLISHED
from jupyter_deploy.client.launch import Endpoint
from jupyter_deploy.server.forwarding import AUTH_RESOURCE, ExtensionHandler

_SENT = ("Accept", "If-None-Match")


class PublishedHandler(ExtensionHandler):
    streamed_headers = (
        "Cache-Control",
        "Content-Length",
        "ETag",
        "Last-Modified",
        "Location",
        "Referrer-Policy",
        "Vary",
        "X-Data-Age",
        "X-Data-Time",
        "X-Run",
        "X-Run-Warning",
        "X-Version",
    )

    @allow_unauthenticated
    async def get(self, *_parts: str) -> None:
        await self._answer()

    @allow_unauthenticated
    async def head(self, *_parts: str) -> None:
        await self._answer()

    async def _answer(self) -> None:
        allowed = await self._is_allowed()
        given = self.request.headers.get("Authorization")
        arguments = parse_qsl(self.request.query, keep_blank_values=True)
        brought = given or {"token", "ticket"} & {name for name, _value in arguments}
        if not allowed and not brought:
            raise HTTPError(403, "This needs a login or a token")
        endpoint = await self.endpoint()
        headers = {
            name: self.request.headers[name] for name in _SENT if name in self.request.headers
        }
        if allowed:
            headers["Authorization"] = f"token {endpoint.token}"
            # The server's own token is none of the engine's business.
            arguments = [(name, value) for name, value in arguments if name != "token"]
        elif given:
            headers["Authorization"] = given
        await self.stream_from(self._address_with(endpoint, arguments), headers)

    async def _is_allowed(self) -> bool:
        user = self.current_user
        if not user:
            return False
        return bool(
            await ensure_async(self.authorizer.is_authorized(self, user, "read", AUTH_RESOURCE))
        )

    def _address_with(self, endpoint: Endpoint, arguments: list[tuple[str, str]]) -> str:
        path = self.request.path.split(PUBLISHED, 1)[1]
        query = f"?{urlencode(arguments)}" if arguments else ""
        return f"{endpoint.url}{PUBLISHED}{path}{query}"
