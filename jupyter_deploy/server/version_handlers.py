"""The engine's API: versions, and what changed between them."""

from __future__ import annotations

import asyncio
from dataclasses import asdict

from jupyter_deploy.results.versions import changes
from jupyter_deploy.server.base import EngineHandler
from jupyter_deploy.server.documents import Document, version_document


class VersionsHandler(EngineHandler):
    async def get(self, name: str) -> None:
        versions = await self.on_core(lambda: self.service.versions(name))
        self.send({"versions": [version_document(item) for item in versions]})


class ChangesHandler(EngineHandler):
    async def get(self, name: str, number: str) -> None:
        since = self.integer("since", 0, 0) or None
        new, old = await self.on_core(lambda: self.service.version_pair(name, int(number), since))
        found = await asyncio.to_thread(lambda: list(changes(old, new))) if old else []
        document: Document = {
            "name": name,
            "version": new.version.number,
            "since": old.version.number if old else None,
            "changes": [asdict(item) for item in found],
        }
        self.send(document)
