"""The engine's API: secrets. Values come in and never go out."""

from __future__ import annotations

import asyncio
from dataclasses import asdict

from jupyter_deploy.domain.variables import check_secret_name
from jupyter_deploy.engine.secrets import SecretBook, Users
from jupyter_deploy.errors import InvalidInput
from jupyter_deploy.server.base import EngineHandler


class _SecretHandler(EngineHandler):
    """A keyring may be slow, so it is asked in a thread of its own."""

    @property
    def book(self) -> SecretBook:
        return self.service.secrets

    async def users(self) -> Users:
        return await self.on_core(self.book.users)


class SecretsHandler(_SecretHandler):
    async def get(self) -> None:
        users = await self.users()
        known = await asyncio.to_thread(self.book.listed, users)
        place = await asyncio.to_thread(lambda: self.book.place)
        self.send({"kept_in": place, "secrets": [asdict(item) for item in known]})


class SecretHandler(_SecretHandler):
    async def put(self, name: str) -> None:
        check_secret_name(name)
        value = self._value()
        users = await self.users()
        known, created = await asyncio.to_thread(self.book.set, name, value, users)
        self.send(asdict(known), 201 if created else 200)

    def _value(self) -> str:
        """Said in words of our own: those of the schema would repeat what was sent."""
        try:
            return str(self.body("SecretRequest")["value"])
        except InvalidInput:
            raise InvalidInput(
                "A secret is sent as one JSON object with its value, a text.",
                field="value",
                hint='For example {"value": "…"}.',
            ) from None

    async def delete(self, name: str) -> None:
        force = self.get_query_argument("force", "false")
        if force not in ("true", "false"):
            raise InvalidInput(f"force is true or false, not {force!r}.", field="force")
        users = await self.users()
        known = await asyncio.to_thread(
            lambda: self.book.delete(name, users, force=force == "true")
        )
        self.send(asdict(known))
