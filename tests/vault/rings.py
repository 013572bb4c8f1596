"""Keyrings for tests: one that works, and each way in which one does not."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path

from keyring.backend import KeyringBackend


class Working(KeyringBackend):
    """Keeps what it is given in the file that RING names, so that all processes share it."""

    priority = 5

    def _values(self) -> dict[str, str]:
        path = Path(os.environ["RING"])
        return json.loads(path.read_text()) if path.exists() else {}

    def get_password(self, service: str, username: str) -> str | None:
        return self._values().get(f"{service}|{username}")

    def set_password(self, service: str, username: str, password: str) -> None:
        values = {**self._values(), f"{service}|{username}": password}
        Path(os.environ["RING"]).write_text(json.dumps(values))

    def delete_password(self, service: str, username: str) -> None:
        values = self._values()
        del values[f"{service}|{username}"]
        Path(os.environ["RING"]).write_text(json.dumps(values))


class Locked(Working):
    """Nobody is there to unlock it."""

    def set_password(self, service: str, username: str, password: str) -> None:
        raise RuntimeError(f"cannot keep {password}")

    def get_password(self, service: str, username: str) -> str | None:
        raise RuntimeError("locked")


class Silent(Working):
    """Its bus swallows every question."""

    def set_password(self, service: str, username: str, password: str) -> None:
        threading.Event().wait()


class Forgetful(Working):
    """As `keyring`'s null backend."""

    def set_password(self, service: str, username: str, password: str) -> None:
        return


class Absent(Working):
    """As `keyring`'s fail backend."""

    priority = 0
