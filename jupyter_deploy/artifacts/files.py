"""Blobs as files named by digest."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from pathlib import Path
from typing import IO

from jupyter_deploy.durable import whole_file
from jupyter_deploy.errors import InvalidInput, NotFound

_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


class FileBlobStore:
    """`root/ab/cdef…`; a file is complete from the moment it has its name."""

    shared = False

    def __init__(self, root: Path) -> None:
        self._root = root

    def has(self, digest: str) -> bool:
        return self._place(digest).exists()

    def put(self, digest: str, chunks: Iterable[bytes]) -> None:
        place = self._place(digest)
        if place.exists():
            return
        place.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(place, mode=0o400) as file:
            self._write(file, digest, chunks)

    def path(self, digest: str) -> Path:
        place = self._place(digest)
        if not place.exists():
            raise NotFound(f"The captured file {digest} is not stored here.")
        return place

    def remove(self, digest: str) -> None:
        self._place(digest).unlink(missing_ok=True)

    def _place(self, digest: str) -> Path:
        if not _DIGEST.fullmatch(digest):
            raise InvalidInput(
                f"{digest!r} is not a digest.", hint="Use sha256: and 64 hex digits."
            )
        value = digest.removeprefix("sha256:")
        return self._root / "sha256" / value[:2] / value[2:]

    def _write(self, file: IO[bytes], digest: str, chunks: Iterable[bytes]) -> None:
        seen = hashlib.sha256()
        for chunk in chunks:
            seen.update(chunk)
            file.write(chunk)
        if "sha256:" + seen.hexdigest() != digest:
            raise InvalidInput(
                f"The uploaded content is not {digest}.", hint="Upload the file again."
            )
