"""The engine's API: what a deployment publishes, and the tokens of its readers."""

from __future__ import annotations

from jupyter_deploy.server import publications
from jupyter_deploy.server.base import EngineHandler
from jupyter_deploy.server.run_handlers import run_id


class OutputsHandler(EngineHandler):
    async def get(self, name: str) -> None:
        before = self.integer("cursor", 1, 1) if self.get_query_argument("cursor", "") else None
        limit = self.integer("limit", 50, 1, 500)
        found = await self.on_core(lambda: self.service.shelf.overview(name, before, limit))
        history = [publications.history_document(item) for item in found.history]
        current = found.current
        self.send(
            {
                "deployment": name,
                "outputs": publications.outputs_document(name, found.declared, current),
                "current": publications.freshness_document(current) if current else None,
                "problem": found.problem,
                "history": history,
                "next": str(found.history[-1].run) if len(history) == limit else None,
            }
        )


class TokensHandler(EngineHandler):
    async def get(self, name: str) -> None:
        readers = await self.on_core(lambda: self.service.shelf.readers(name))
        self.send({"tokens": [publications.reader_document(reader) for reader in readers]})

    async def post(self, name: str) -> None:
        label = self.body("TokenRequest").get("label", "")
        reader, secret = await self.on_core(
            lambda: self.service.shelf.create_reader(name, label, self.user)
        )
        self.set_header("Cache-Control", "no-store")
        self.send({**publications.reader_document(reader), "secret": secret}, 201)


class TokenHandler(EngineHandler):
    async def delete(self, name: str, number: str) -> None:
        reader_id = run_id(number)
        reader = await self.on_core(lambda: self.service.shelf.revoke_reader(name, reader_id))
        self.send(publications.reader_document(reader))
