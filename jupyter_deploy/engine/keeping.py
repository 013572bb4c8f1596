"""Outputs and ledgers into the blobs that engines share."""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from jupyter_deploy.domain.runs import Closing
from jupyter_deploy.errors import InvalidInput, TooLarge
from jupyter_deploy.ports.blobs import BlobStore
from jupyter_deploy.ports.executor import Placement

log = logging.getLogger(__name__)

CHUNK = 1024 * 1024


@dataclass(frozen=True)
class Keeper:
    """Before the attempt is closed; doing it twice changes nothing."""

    blobs: BlobStore
    #: Called between files: a lease must not lapse over them.
    hold: Callable[[], None]

    def keep(self, placement: Placement, closing: Closing) -> Closing:
        """The closing with its ledger's digest. Raises Unavailable."""
        for output in closing.outputs:
            self._put(output.digest, place_of(placement.folder, output.name))
            self.hold()
        ledger = placement.folder / "ledger.jsonl"
        if not ledger.exists():
            return closing
        digest = digest_of_file(ledger)
        return replace(closing, ledger=digest) if self._put(digest, ledger) else closing

    def _put(self, digest: str, path: Path) -> bool:
        try:
            self.blobs.put(digest, chunks_of(path))
        except (OSError, InvalidInput, TooLarge) as error:
            log.warning("%s stays where it is: %s", path, error)
            return False
        return True


def place_of(folder: Path, name: str) -> Path:
    """Where an attempt leaves an output of this name."""
    return folder / name if name == "output.ipynb" else folder / "work" / name


def leads_out(path: Path, folder: Path) -> bool:
    """Names come from what the notebook left: it may have put a link there since."""
    return not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder))


def digest_of_file(path: Path) -> str:
    """Raises OSError."""
    seen = hashlib.sha256()
    for chunk in chunks_of(path):
        seen.update(chunk)
    return f"sha256:{seen.hexdigest()}"


def chunks_of(path: Path) -> Iterator[bytes]:
    with open(path, "rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk
