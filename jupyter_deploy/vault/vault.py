"""The secrets of a data directory.

Where they are is decided at the first one and written down, since engine and runners
may be started at boot, without the session that a keyring belongs to. Beside it are the
names: keyrings cannot list theirs.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from pathlib import Path

from jupyter_deploy.domain.variables import check_secret_name, check_secret_value
from jupyter_deploy.durable import write_whole
from jupyter_deploy.errors import Conflict, NotFound, Unavailable
from jupyter_deploy.ports.vault import Keeper
from jupyter_deploy.vault.file import FileKeeper
from jupyter_deploy.vault.ring import RingKeeper

#: What `c.Deploy.secret_store` may say.
CHOICES = ("auto", "keyring", "file")


@dataclass(frozen=True)
class _Index:
    """`kind` is None before the first secret; `names` tell when each was set."""

    kind: str | None = None
    names: Mapping[str, str] = field(default_factory=dict)


class Vault:
    """`folder` is the data directory; `wish` one of `CHOICES`.

    One process writes, the engine; runners read.
    """

    def __init__(self, folder: Path, wish: str = "auto") -> None:
        self._folder = folder
        self._wish = wish
        self._turn = threading.Lock()

    def set(self, name: str, value: str) -> bool:
        """Keep the value; False when it took the place of an older one.

        Raises InvalidInput for a name or value that cannot be one, Conflict when all
        others are kept elsewhere than is wished now, and Unavailable.
        """
        check_secret_name(name)
        check_secret_value(value)
        with self._turn:
            index = self._read()
            keeper = self._keeper_to_write(index)
            keeper.put(name, value)
            now = datetime.now(timezone.utc).isoformat()
            names = {**index.names, name: now}
            self._write(_Index(keeper.kind, names))
        return name not in index.names

    def get(self, name: str) -> str | None:
        """The value, None for one that is not set. Raises Unavailable."""
        index = self._read()
        if name not in index.names or index.kind is None:
            return None
        return self._keeper(index.kind).get(name)

    def names(self) -> Mapping[str, str]:
        """Each name and when it was set, in the order of names. Raises Unavailable."""
        return dict(sorted(self._read().names.items()))

    def delete(self, name: str) -> None:
        """Raises NotFound and Unavailable."""
        with self._turn:
            index = self._read()
            if name not in index.names or index.kind is None:
                raise NotFound(
                    f"There is no secret {name}.",
                    field="name",
                    hint="`jupyter deploy secret list` shows those that are set.",
                )
            self._keeper(index.kind).remove(name)
            names = {item: at for item, at in index.names.items() if item != name}
            self._write(replace(index, names=names))

    @property
    def kind(self) -> str | None:
        """`keyring` or `file`; None before the first secret. Raises Unavailable."""
        return self._read().kind

    @property
    def place(self) -> str | None:
        """Where they are, in words."""
        words = {"keyring": "the system's keyring", "file": str(self._file), None: None}
        return words[self.kind]

    def _keeper_to_write(self, index: _Index) -> Keeper:
        if index.kind is None or not index.names:
            return self._choose()
        if self._wish not in ("auto", index.kind):
            raise Conflict(
                f"The secrets are kept in {self.place}, not as c.Deploy.secret_store says now.",
                field="secret_store",
                hint="Delete them first and set them again, or change the setting back.",
            )
        return self._keeper(index.kind)

    def _choose(self) -> Keeper:
        """Raises Unavailable when a keyring is wished and there is none."""
        if self._wish == "file":
            return self._keeper("file")
        ring = RingKeeper(self._folder)
        if ring.works():
            return ring
        if self._wish == "keyring":
            raise Unavailable(
                "No keyring can be used here, but c.Deploy.secret_store asks for one.",
                hint='Unlock it, or set c.Deploy.secret_store = "file".',
            )
        return self._keeper("file")

    def _keeper(self, kind: str) -> Keeper:
        return RingKeeper(self._folder) if kind == "keyring" else FileKeeper(self._file)

    @property
    def _file(self) -> Path:
        return self._folder / "secrets.json"

    @property
    def _index_file(self) -> Path:
        return self._folder / "vault.json"

    def _read(self) -> _Index:
        try:
            document = json.loads(self._index_file.read_text(encoding="utf-8"))
            return _Index(document["kind"], document["names"])
        except FileNotFoundError:
            return _Index()
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise Unavailable(
                f"The list of secrets in {self._index_file} cannot be read.",
                hint="See that it is yours; a damaged one can be removed, then set them again.",
            ) from error

    def _write(self, index: _Index) -> None:
        document = {"kind": index.kind, "names": dict(index.names)}
        try:
            write_whole(self._index_file, json.dumps(document).encode(), mode=0o600)
        except OSError as error:
            raise Unavailable(
                f"The list of secrets in {self._index_file} cannot be written: {error.strerror}.",
                hint="See that the folder is yours and its disk has room.",
            ) from error
