"""The engine's API: runs, their ledger and their outputs."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any

from jupyter_deploy.domain.ledger import Entry
from jupyter_deploy.domain.runs import RunState
from jupyter_deploy.errors import InvalidInput, NotFound
from jupyter_deploy.ports.store import RunQuery
from jupyter_deploy.server import documents
from jupyter_deploy.server.base import EngineHandler

#: Entries of one ledger answer, and about how many bytes of outputs.
LEDGER_PAGE = 5000
LEDGER_BYTES = 8 * 1024 * 1024
#: Digits of a run's number; more would not fit into the database.
MAX_DIGITS = 18
#: Metrics that one request may name.
MOST_NAMES = 50
#: A hundred years.
MAX_DAYS = 36_500


class RunsHandler(EngineHandler):
    async def get(self, name: str | None = None) -> None:
        query = self._query(name)
        if name is not None:
            await self.on_core(lambda: self.service.view(name))
        runs = await self.on_core(lambda: self.service.runs(query))
        following = str(runs[-1].id) if len(runs) == query.limit else None
        self.send({"runs": [documents.run_document(run) for run in runs], "next": following})

    def _query(self, name: str | None) -> RunQuery:
        cursor = self.get_query_argument("cursor", "")
        return RunQuery(
            deployment=name or self.get_query_argument("deployment", "") or None,
            state=self._state(),
            before=self.integer("cursor", 1, 1) if cursor else None,
            limit=self.integer("limit", 50, 1, 500),
            trigger=self.get_query_argument("trigger", "") or None,
        )

    def _state(self) -> RunState | None:
        text = self.get_query_argument("state", "")
        if not text:
            return None
        try:
            return RunState(text)
        except ValueError:
            states = ", ".join(state.value for state in RunState)
            raise InvalidInput(
                f"{text!r} is not a state of a run.",
                field="state",
                hint=f"Use one of {states}.",
            ) from None


class DeploymentRunsHandler(RunsHandler):
    async def post(self, name: str) -> None:
        request = self.body("RunRequest")
        parameters, version, key = (
            request.get("parameters", {}),
            request.get("version"),
            self._key(),
        )
        run, created = await self.on_core(
            lambda: self.service.start_run(name, parameters, self.user, key, version)
        )
        self.send(documents.run_document(run), 201 if created else 200)

    def _key(self) -> str | None:
        key = self.request.headers.get("Idempotency-Key")
        if key is not None and not 1 <= len(key) <= 200:
            raise InvalidInput("An Idempotency-Key has 1 to 200 characters.", field="key")
        return key


def run_id(text: str) -> int:
    """Raises NotFound for a number that no run can have."""
    if len(text) > MAX_DIGITS:
        raise NotFound(f"There is no run {text}.")
    return int(text)


class RunHandler(EngineHandler):
    async def get(self, number: str) -> None:
        run = await self.on_core(lambda: self.service.run(run_id(number)))
        self.send(documents.run_document(run))

    async def patch(self, number: str) -> None:
        pinned = self.body("RunChange")["pinned"]
        run = await self.on_core(lambda: self.service.set_pinned(run_id(number), pinned))
        self.send(documents.run_document(run))


class MetricsHandler(EngineHandler):
    async def get(self) -> None:
        name, names = self.get_query_argument("deployment", ""), self.get_query_arguments("name")
        limit = self.integer("limit", 50, 1, 10_000)
        if not name:
            raise InvalidInput("Whose metrics? No deployment is named.", field="deployment")
        if len(names) > MOST_NAMES:
            raise InvalidInput(f"At most {MOST_NAMES} metrics are told at once.", field="name")
        found = await self.on_core(lambda: self.service.measured(name, names, limit))
        self.send(documents.metrics_document(name, found))


class RetentionHandler(EngineHandler):
    """What is old enough to be deleted; nothing happens before it is asked for."""

    async def get(self) -> None:
        days = self.integer("older_than", self.service.retention.days, 0, MAX_DAYS)
        found = await self.on_core(lambda: self.service.retention.preview(days))
        self.send(documents.retention_document(days, found))

    async def post(self) -> None:
        days = self.body("RetentionRequest")["older_than"]
        found = await self.on_core(lambda: self.service.retention.prune(days))
        self.send(documents.retention_document(days, found))


class CancelHandler(EngineHandler):
    async def post(self, number: str) -> None:
        run = await self.on_core(lambda: self.service.cancel(run_id(number)))
        self.send(documents.run_document(run))


class RetryHandler(EngineHandler):
    async def post(self, number: str) -> None:
        run = await self.on_core(lambda: self.service.retry(run_id(number), self.user))
        self.send(documents.run_document(run), 201)


class LedgerHandler(EngineHandler):
    async def get(self, number: str) -> None:
        after = self.integer("after", 0, 0)
        entries, complete = await self.on_core(lambda: self.service.ledger(run_id(number)))
        page, more = await asyncio.to_thread(_page, entries, after)
        self.send(
            {
                "entries": page,
                "next": page[-1]["seq"] if page else after,
                "complete": complete and not more,
            }
        )


def _page(entries: Iterator[Entry], after: int) -> tuple[list[dict[str, Any]], bool]:
    page: list[dict[str, Any]] = []
    size = 0
    for entry in entries:
        if entry.seq <= after:
            continue
        if len(page) == LEDGER_PAGE or size >= LEDGER_BYTES:
            return page, True
        page.append(entry.to_json())
        if entry.kind == "output":
            size += len(json.dumps(entry.data["output"]))
    return page, False
