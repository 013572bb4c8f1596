"""A request for rows of a published table."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from jupyter_deploy.domain.publishing import Published
from jupyter_deploy.errors import InvalidInput
from jupyter_deploy.publishing.queries import Query, choose, read_filters
from jupyter_deploy.server.base import EngineHandler

#: Rows of a JSON answer.
USUAL, MOST = 1000, 100_000
#: Members of an address that are no columns; such a column is filtered as `limit.eq=…`.
_RESERVED = frozenset(
    ("run", "format", "limit", "offset", "cursor", "columns", "schema", "raw", "token", "ticket")
)
_CURSOR = re.compile(r"([0-9]{1,18}):([0-9]{1,18})")
#: Tables that are read at the same time.
_turn = asyncio.Semaphore(4)


@dataclass(frozen=True)
class TableRequest:
    output: Published
    form: str
    run: int
    query: Query

    @classmethod
    def read(cls, handler: EngineHandler, output: Published, form: str, run: int) -> TableRequest:
        """Raises InvalidInput for what the table does not have."""
        cursor = handler.get_query_argument("cursor", "")
        offset = handler.integer("offset", 0, 0)
        if cursor:
            run, offset = _place(cursor)
        given = [
            (key, value)
            for key in handler.request.query_arguments
            if key not in _RESERVED
            for value in handler.get_query_arguments(key, strip=False)
        ]
        columns = choose(handler.get_query_argument("columns", ""), output.columns)
        filters = read_filters(given, output.columns)
        query = Query(columns, filters, offset, _limit(handler, form))
        return cls(output, form, run, query)

    @property
    def is_whole(self) -> bool:
        return self.query == Query(self.output.columns)

    async def page(self, path: Path, freshness: dict[str, Any]) -> dict[str, Any]:
        from jupyter_deploy.publishing.pages import read_rows  # loads pyarrow

        query, limit = self.query, self.query.limit or 0
        async with _turn:
            rows, more = await asyncio.to_thread(read_rows, path, query, limit)
        return {
            "name": self.output.name,
            "columns": [asdict(column) for column in query.columns],
            "data": rows,
            "total": None if query.filters else self.output.rows,
            "next": f"{self.run}:{query.offset + limit}" if more else None,
            **freshness,
        }

    def pieces(self, path: Path) -> Iterator[bytes]:
        from jupyter_deploy.publishing.pages import encode  # loads pyarrow

        return encode(path, self.query, self.form)


def _limit(handler: EngineHandler, form: str) -> int | None:
    if form == "json":
        return handler.integer("limit", USUAL, 0, MOST)
    return handler.integer("limit", 0, 0) if handler.get_query_argument("limit", "") else None


def _place(cursor: str) -> tuple[int, int]:
    found = _CURSOR.fullmatch(cursor)
    if found is None:
        raise InvalidInput(
            f"{cursor!r} is not a cursor.", field="cursor", hint="It is `next` of the page before."
        )
    return int(found[1]), int(found[2])
