"""What readers get: `…/jupyter-deploy/published/NAME/OUTPUT`, on the engine.

Open to the engine's token and to tokens of the one deployment; nothing here changes anything.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
from collections.abc import Mapping
from email.utils import format_datetime
from typing import Any
from urllib.parse import quote

from tornado.iostream import StreamClosedError
from tornado.web import HTTPError

from jupyter_deploy.domain.publishing import Published
from jupyter_deploy.domain.readers import is_secret
from jupyter_deploy.engine.shelf import Shown
from jupyter_deploy.errors import DeployError, Forbidden, InvalidInput, NotFound
from jupyter_deploy.server import publications
from jupyter_deploy.server.base import EngineHandler
from jupyter_deploy.server.output_handlers import SANDBOX, send_file
from jupyter_deploy.server.published_pages import POLICY, index_page, problem_page, report_page
from jupyter_deploy.server.published_tables import TableRequest
from jupyter_deploy.server.tickets import is_valid, make_ticket

log = logging.getLogger(__name__)

#: A token's schemes in `Authorization`.
_SCHEMES = ("token", "bearer")


class PublishedHandler(EngineHandler):
    """Who may read, and what every answer says of its data."""

    async def prepare(self) -> None:
        self.set_header("Referrer-Policy", "no-referrer")
        self.set_header("Cache-Control", "private, no-cache")
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Vary", "Accept, Authorization")
        if not (self.has_engine_token or self._has_ticket() or await self._has_token()):
            raise Forbidden(
                "The token is missing, wrong or revoked.",
                hint="Whoever published this can make one: jupyter deploy token create NAME",
            )
        self.enter()

    def log_exception(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        """Without the address, which may hold a token."""
        if isinstance(error, (DeployError, HTTPError)):
            super().log_exception(kind, error, trace)
        elif kind is not None and error is not None:
            log.error("an answer to a reader failed", exc_info=(kind, error, trace))

    async def _has_token(self) -> bool:
        secret, name = self.secret, self.path_args[0]
        if secret is None or not is_secret(secret):
            return False
        return await self.on_core(lambda: self.service.shelf.opens(name, secret))

    @property
    def secret(self) -> str | None:
        scheme, _, secret = self.request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() in _SCHEMES and secret:
            return secret.strip()
        return self.get_query_argument("token", None)

    def _has_ticket(self) -> bool:
        """For the bare report only: a page around it would renew the ticket for ever."""
        ticket = self.get_query_argument("ticket", "")
        bare = self.get_query_argument("raw", "0") == "1"
        return bare and is_valid(self.context.token, self.place, ticket)

    @property
    def place(self) -> str:
        """What a ticket is for."""
        return "\n".join((*self.path_args, self.get_query_argument("run", "")))

    def compute_etag(self) -> str | None:
        return None  # what has one says it before it is made

    @property
    def for_people(self) -> bool:
        """Whether a browser asks, which names HTML; other programs do not."""
        return "text/html" in self.request.headers.get("Accept", "")

    def send_problem(self, problem: dict[str, Any]) -> None:
        if not self.for_people:
            super().send_problem(problem)
            return
        self.send_page(problem_page(problem["detail"], problem["hint"]))

    def send_page(self, page: str) -> None:
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header("Content-Security-Policy", POLICY)
        self.set_header("Cache-Control", "no-store")
        self.finish(page)

    async def shown(self, name: str) -> Shown:
        run = self.integer("run", 1, 1) if self.get_query_argument("run", "") else None
        return await self.on_core(lambda: self.service.shelf.shown(name, run))

    def describe(self, shown: Shown) -> None:
        """The data's age in every answer, also in those that are no JSON."""
        publication = shown.publication
        assert publication.published_at is not None
        self.set_header("Last-Modified", format_datetime(publication.published_at, usegmt=True))
        self.set_header("X-Data-Time", publication.data_at.isoformat())
        self.set_header("X-Data-Age", str(round(shown.age)))
        self.set_header("X-Run", str(publication.run))
        self.set_header("X-Version", str(publication.version))
        if shown.warning:
            self.set_header("X-Run-Warning", quote(shown.warning, safe=" ,.:'()"))

    def is_known(self, *parts: object) -> bool:
        """Note what the answer is made of; True when the reader has just that (304)."""
        text = "\n".join(map(str, parts))
        self.set_header("ETag", f'W/"{hashlib.sha256(text.encode()).hexdigest()[:40]}"')
        if not self.check_etag_header():
            return False
        self.set_status(304)
        return True

    def choose(self, offers: Mapping[str, str]) -> str:
        """Which of these media types, by name, is asked for. Raises InvalidInput."""
        told = self.get_query_argument("format", "")
        if told:
            if told not in offers:
                raise InvalidInput(
                    f"{told!r} is not a format of this output.",
                    field="format",
                    hint=f"Choose from {', '.join(offers)}.",
                )
            return told
        found = _accepted(self.request.headers.get("Accept", "*/*"), offers)
        if found is None:
            raise HTTPError(406, "This output does not come in the media type that is asked for")
        return found

    def send(self, document: dict[str, Any], status: int = 200) -> None:
        self.set_status(status)
        self.set_header("Content-Type", "application/json")
        self.finish(json.dumps(document, allow_nan=False))


def _accepted(accept: str, offers: Mapping[str, str]) -> str | None:
    """The best offer; of equal ones the first. A browser's */* is for whatever is usual."""
    quality = {}
    for part in accept.split(","):
        media_type, *options = (piece.strip() for piece in part.split(";"))
        told = [option[2:] for option in options if option.startswith("q=")]
        try:
            quality[media_type.lower()] = float(told[0]) if told else 1.0
        except ValueError:
            continue
    best, found = 0.0, None
    for name, media_type in offers.items():
        kinds = (media_type, media_type.split("/")[0] + "/*", "*/*")
        value = next((quality[kind] for kind in kinds if kind in quality), 0.0)
        if value > best:
            best, found = value, name
    return found


class SlashHandler(PublishedHandler):
    """An index has relative links, so its address ends with a slash."""

    async def get(self, name: str) -> None:
        query = f"?{self.request.query}" if self.request.query else ""
        self.redirect(f"{quote(name)}/{query}")

    head = get


class IndexHandler(PublishedHandler):
    async def get(self, name: str) -> None:
        shown = await self.shown(name)
        self.describe(shown)
        if self.for_people:
            self.send_page(index_page(name, shown, self.get_query_argument("token", None)))
        elif not self.is_known("index", shown.publication.run):
            self.send(publications.index_document(name, shown))

    head = get


class OutputHandler(PublishedHandler):
    async def get(self, name: str, output: str) -> None:
        shown = await self.shown(name)
        self.describe(shown)
        found = self.find(shown, name, output)
        send = {"table": self._table, "metric": self._metric, "report": self._report}
        await send.get(found.kind, self._file)(name, found, shown)

    head = get

    def find(self, shown: Shown, name: str, output: str) -> Published:
        found = shown.publication.output(output)
        if found is None:
            names = ", ".join(item.name for item in shown.publication.outputs)
            raise NotFound(
                f"{name!r} publishes no {output!r}.",
                field="output",
                hint=f"It publishes {names}." if names else None,
            )
        return found

    async def _metric(self, _name: str, output: Published, shown: Shown) -> None:
        form = self.choose(publications.METRIC_TYPES)
        if self.is_known(form, shown.publication.run, output.name):
            return
        if form == "json":
            self.send(publications.metric_document(output, shown))
        else:
            self.set_header("Content-Type", "text/plain; charset=utf-8")
            self.finish(f"{output.value}\n")

    async def _report(self, name: str, output: Published, shown: Shown) -> None:
        bare = self.get_query_argument("raw", "0") == "1"
        if output.media_type != "text/html" or not self.for_people:
            await self._file(name, output, shown)
        elif not bare:
            self.send_page(report_page(name, output.name, shown, self._frame(output)))
        elif self.get_query_argument("token", ""):
            self.redirect(self._frame(output))  # its scripts can read its own address
        else:
            await self._file(name, output, shown)

    def _frame(self, output: Published) -> str:
        """The address of the bare report, relative to this one."""
        run = self.get_query_argument("run", "")
        ticket = make_ticket(self.context.token, self.place)
        return f"{quote(output.name)}?raw=1&ticket={ticket}" + (f"&run={run}" if run else "")

    async def _file(self, _name: str, output: Published, _shown: Shown) -> None:
        if self.is_known(output.digest, output.media_type):
            return
        path = await self.on_core(lambda: self.service.shelf.path(output))
        media_type = output.media_type
        if media_type.startswith("text/"):
            media_type += "; charset=utf-8"
        self.set_header("Content-Security-Policy", SANDBOX)
        is_page = output.kind == "report" and output.media_type == "text/html"
        how = "inline" if is_page else "attachment"
        filename = quote(output.filename)
        self.set_header("Content-Disposition", f"{how}; filename*=UTF-8''{filename}")
        await send_file(self, path, media_type)

    async def _table(self, name: str, output: Published, shown: Shown) -> None:
        if self.get_query_argument("schema", "0") == "1":
            self.send_schema(output, shown)
            return
        form = self.choose(publications.TABLE_TYPES)
        request = TableRequest.read(self, output, form, shown.publication.run)
        if request.run != shown.publication.run:  # a page of what has been replaced meanwhile
            run = request.run
            shown = await self.on_core(lambda: self.service.shelf.shown(name, run))
            self.describe(shown)
            output = self.find(shown, name, output.name)
            request = TableRequest.read(self, output, form, run)
        if self.is_known(output.digest, form, request.query):
            return
        if form == "parquet" and request.is_whole:
            await self._file(name, output, shown)
            return
        path = await self.on_core(lambda: self.service.shelf.path(output))
        if form == "json":
            self.send(await request.page(path, publications.freshness_document(shown)))
            return
        self.set_header("Content-Type", publications.TABLE_TYPES[form])
        filename = quote(f"{output.name}.{form}")
        self.set_header("Content-Disposition", f"attachment; filename*=UTF-8''{filename}")
        if self.request.method == "HEAD":
            await self.flush()
            return
        await self._stream(request.pieces(path))

    def send_schema(self, output: Published, shown: Shown) -> None:
        if output.kind != "table":
            raise InvalidInput(f"{output.name!r} is a {output.kind}: only tables have columns.")
        if not self.is_known("schema", output.digest):
            self.send(publications.schema_document(output, shown))

    async def _stream(self, pieces: Any) -> None:
        try:
            while (piece := await asyncio.to_thread(next, pieces, None)) is not None:
                self.write(piece)
                await self.flush()
        except StreamClosedError:  # the reader has seen enough
            return


class SchemaHandler(OutputHandler):
    async def get(self, name: str, output: str) -> None:
        shown = await self.shown(name)
        self.describe(shown)
        self.send_schema(self.find(shown, name, output), shown)

    head = get
