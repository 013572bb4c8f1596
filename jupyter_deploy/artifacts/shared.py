"""Blobs that several engines share, with a copy here of what was used here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Protocol

from jupyter_deploy.artifacts.files import FileBlobStore


class Remote(Protocol):
    """Where all engines look."""

    def has(self, digest: str) -> bool:
        """Whether the whole content is stored."""

    def put(self, digest: str, path: Path) -> None:
        """Store the file whole or not at all. Raises TooLarge and OSError."""

    def get(self, digest: str) -> Iterator[bytes]:
        """The content in pieces. Raises NotFound."""


class SharedBlobStore:
    """A blob is stored when it is remote; the local copy only saves the way."""

    shared = True

    def __init__(self, local: FileBlobStore, remote: Remote) -> None:
        self._local = local
        self._remote = remote

    def has(self, digest: str) -> bool:
        return self._remote.has(digest)

    def put(self, digest: str, chunks: Iterable[bytes]) -> None:
        self._local.put(digest, chunks)
        self._remote.put(digest, self._local.path(digest))

    def path(self, digest: str) -> Path:
        if not self._local.has(digest):
            self._local.put(digest, self._remote.get(digest))
        return self._local.path(digest)

    def remove(self, digest: str) -> None:
        self._local.remove(digest)
