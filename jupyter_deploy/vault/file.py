"""Secrets in a file of the data directory, which only its owner can read."""

from __future__ import annotations

import json
import stat
from pathlib import Path

from jupyter_deploy.durable import write_whole
from jupyter_deploy.errors import Unavailable

#: Mode bits of a file that others may read or write, of a folder whose files they may replace.
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH


class FileKeeper:
    """`Keeper` in `path`."""

    kind = "file"

    def __init__(self, path: Path) -> None:
        self._path = path

    def put(self, name: str, value: str) -> None:
        self._write({**self._read(), name: value})

    def get(self, name: str) -> str | None:
        return self._read().get(name)

    def remove(self, name: str) -> None:
        values = self._read()
        if values.pop(name, None) is not None:
            self._write(values)

    def _read(self) -> dict[str, str]:
        try:
            _check(self._path, _OTHERS, "600", "read")
            _check(self._path.parent, _OTHERS_WRITE, "700", "change")
            document: dict[str, str] = json.loads(self._path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise _unusable(self._path, error) from error
        except ValueError as error:
            raise Unavailable(
                f"The secrets in {self._path} cannot be read: the file is damaged.",
                hint="Remove it and set the secrets again.",
            ) from error
        return document

    def _write(self, values: dict[str, str]) -> None:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            _check(self._path.parent, _OTHERS_WRITE, "700", "change")
            write_whole(self._path, json.dumps(values).encode(), mode=0o600)
        except OSError as error:
            raise _unusable(self._path, error) from error


def _check(path: Path, bits: int, wanted: str, can: str) -> None:
    """Raises OSError, and Unavailable when others can read or change it."""
    if path.stat().st_mode & bits:
        raise Unavailable(
            f"Other people on this machine can {can} {path}, so it is not used for secrets.",
            hint=f"`chmod {wanted} {path}`, then replace the secrets where they are in use.",
        )


def _unusable(path: Path, error: OSError) -> Unavailable:
    return Unavailable(
        f"The secrets in {path} cannot be used: {error.strerror}.",
        hint="See that the file is yours and its disk has room.",
    )
