"""Secrets as people manage them: which are set, and which deployments need them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from jupyter_deploy.errors import Conflict, InvalidInput
from jupyter_deploy.ports.store import Store
from jupyter_deploy.vault.vault import Vault

#: Deployments that need a secret, by its name.
Users = Mapping[str, list[str]]


@dataclass(frozen=True)
class Known:
    """`set_at` is ISO 8601."""

    name: str
    set_at: str
    used_by: list[str]


class SecretBook:
    """What uses the store runs on the core's thread, what uses the vault on any other."""

    def __init__(self, store: Store, vault: Vault) -> None:
        self._store = store
        self._vault = vault

    def users(self) -> Users:
        """On the core's thread."""
        found: dict[str, list[str]] = {}
        for deployment in self._store.deployments():
            versions = (deployment.current, deployment.candidate)
            needed = {name for version in versions if version for name in version.policies.secrets}
            for name in needed:
                found.setdefault(name, []).append(deployment.name)
        return found

    def check(self, needed: Iterable[str]) -> None:
        """Raises InvalidInput (field `secrets`) for those that are not set, and Unavailable."""
        missing = [name for name in needed if name not in self._vault.names()]
        if missing:
            raise InvalidInput(
                f"The secret {missing[0]} is not set."
                if len(missing) == 1
                else f"The secrets {', '.join(missing)} are not set.",
                field="secrets",
                hint=f"`jupyter deploy secret set {missing[0]}` sets it; then deploy again.",
            )

    @property
    def place(self) -> str | None:
        return self._vault.place

    def listed(self, users: Users) -> list[Known]:
        names = self._vault.names()
        return [Known(name, at, users.get(name, [])) for name, at in names.items()]

    def set(self, name: str, value: str, users: Users) -> tuple[Known, bool]:
        """True for a new one. Raises as `Vault.set`."""
        created = self._vault.set(name, value)
        return Known(name, self._vault.names()[name], users.get(name, [])), created

    def delete(self, name: str, users: Users, *, force: bool) -> Known:
        """Raises NotFound, Unavailable, and Conflict while deployments need it."""
        used_by = users.get(name, [])
        set_at = self._vault.names().get(name, "")
        if used_by and set_at and not force:
            raise Conflict(
                f"The secret {name} is needed by {', '.join(used_by)}.",
                field="name",
                hint="Their runs would fail. --force deletes it all the same.",
            )
        self._vault.delete(name)
        return Known(name, set_at, used_by)
