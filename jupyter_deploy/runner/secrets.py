"""The secrets of a run, read where they are kept just before the kernel gets them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from jupyter_deploy.errors import DeployError
from jupyter_deploy.vault.vault import Vault


class SecretError(Exception):
    """One is not there; the text says which and what to do."""


@dataclass(frozen=True)
class Needed:
    """Names, and the data directory in which the vault is."""

    names: tuple[str, ...]
    folder: Path

    def values(self) -> dict[str, str]:
        """Raises SecretError."""
        vault = Vault(self.folder)
        return {name: _value(vault, name) for name in self.names}


def _value(vault: Vault, name: str) -> str:
    try:
        value = vault.get(name)
    except DeployError as error:
        raise SecretError(f"The secret {name} cannot be read. {error.message}") from error
    if value is None:
        raise SecretError(
            f"The secret {name} is not set; `jupyter deploy secret set {name}` sets it."
        )
    return value
