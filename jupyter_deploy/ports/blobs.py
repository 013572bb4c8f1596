"""Contents by digest."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Protocol


class BlobStore(Protocol):
    shared: bool
    """Whether other engines see the same contents."""

    def has(self, digest: str) -> bool:
        """Whether the whole content is stored."""

    def put(self, digest: str, chunks: Iterable[bytes]) -> None:
        """Store the content whole or not at all; storing it again changes nothing.

        Raises InvalidInput when the content has another digest.
        """

    def path(self, digest: str) -> Path:
        """A local read-only file with the content. Raises NotFound."""

    def remove(self, digest: str) -> None:
        """Delete the local copy of what nothing needs any more; nothing happens without one."""
