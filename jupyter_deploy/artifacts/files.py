"""Blobs as files named by digest."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import IO

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
        with tempfile.NamedTemporaryFile(dir=place.parent, delete=False) as temporary:
            try:
                self._write(temporary.file, digest, chunks)
                Path(temporary.name).chmod(0o400)
                os.replace(temporary.name, place)
            except BaseException:
                os.unlink(temporary.name)
                raise
        _sync_folder(place.parent)

    def path(self, digest: str) -> Path:
        place = self._place(digest)
        if not place.exists():
            raise NotFound(f"The captured file {digest} is not stored here.")
        return place

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
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
