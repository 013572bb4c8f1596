"""What a run has left: its executed notebook, what that displays by name, and files."""

from __future__ import annotations

import hashlib
import json
import os
import posixpath
import re
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import IO, Any

_DISPLAY = "application/vnd.jupyter-deploy.{}.v1+json"
_MEDIA_TYPE = re.compile(r"[\w.+-]{1,100}/[\w.+-]{1,100}", re.ASCII)
CHUNK = 1024 * 1024


class ImpossibleError(Exception):
    """An output that cannot be made of this run; the message is a sentence."""


def _media_type(told: str) -> str:
    """It becomes a header, and the notebook can write into the record that it is from."""
    return told if _MEDIA_TYPE.fullmatch(told) else "application/octet-stream"


@dataclass(frozen=True)
class File:
    """`digest` is what it must have, None where nobody knows."""

    path: Path
    media_type: str
    digest: str | None = None

    def open(self) -> IO[bytes]:
        """Raises ImpossibleError when it is no plain file any more."""
        try:
            descriptor = os.open(self.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        except OSError as error:
            raise ImpossibleError(f"{self.path.name} cannot be read: {error.strerror}.") from error
        file = open(descriptor, "rb")  # noqa: SIM115, the caller closes it
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            file.close()
            raise ImpossibleError(f"{self.path.name} is no longer a plain file.")
        return file

    def measure(self) -> tuple[str, int]:
        """Digest and bytes. Raises ImpossibleError."""
        seen, size = hashlib.sha256(), 0
        with self.open() as file:
            while chunk := file.read(CHUNK):
                seen.update(chunk)
                size += len(chunk)
        found = f"sha256:{seen.hexdigest()}"
        if self.digest not in (None, found):
            raise ImpossibleError(f"{self.path.name} was changed after the run had ended.")
        return found, size


@dataclass(frozen=True)
class Material:
    """`files` are the run's by name; `folder` is the notebook's own among them."""

    title: str
    notebook: File | None
    folder: str
    files: Mapping[str, File]
    metrics: Mapping[str, float]
    #: The folder on this disk in which the notebook ran.
    workplace: Path

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Material:
        files = {
            name: File(Path(item["path"]), _media_type(item["media_type"]), item["digest"])
            for name, item in data["files"].items()
        }
        return cls(
            title=data["title"],
            notebook=files.get("output.ipynb"),
            folder=data["folder"],
            files=files,
            metrics=data["metrics"],
            workplace=Path(data["workplace"]),
        )

    @cached_property
    def document(self) -> dict[str, Any]:
        """The executed notebook. Raises ImpossibleError."""
        if self.notebook is None:
            raise ImpossibleError("The run left no executed notebook.")
        try:
            with self.notebook.open() as file:
                document = json.load(file)
        except (ValueError, RecursionError) as error:
            raise ImpossibleError(f"The executed notebook cannot be read: {error}.") from error
        if not isinstance(document, dict) or not isinstance(document.get("cells"), list):
            raise ImpossibleError("The executed notebook is not one of format 4.")
        return document

    def displayed(self, kind: str, name: str) -> Mapping[str, Any] | None:
        """What the notebook has shown last of this kind and name."""
        found = None
        for data in self._displays(_DISPLAY.format(kind)):
            if data.get("name") == name:
                found = data
        return found

    def _displays(self, media_type: str) -> Iterator[Mapping[str, Any]]:
        for cell in self.document["cells"]:
            outputs = cell.get("outputs") if isinstance(cell, dict) else None
            for output in outputs if isinstance(outputs, list) else ():
                data = output.get("data") if isinstance(output, dict) else None
                shown = data.get(media_type) if isinstance(data, dict) else None
                if isinstance(shown, dict):
                    yield shown

    def file(self, path: object) -> tuple[str, File] | None:
        """The file of the run that a path names, from the notebook's folder or from the top."""
        if not isinstance(path, str):
            return None
        for name in (posixpath.normpath(posixpath.join(self.folder, path)), path):
            if name in self.files and name != "output.ipynb":
                return name, self.files[name]
        return None
