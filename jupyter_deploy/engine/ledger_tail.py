"""Reading a ledger while the runner writes it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from jupyter_deploy.domain.ledger import Entry


def read_entries(path: Path) -> Iterator[Entry]:
    """All whole entries; a line still being written is left for later."""
    try:
        with open(path, "rb") as file:
            yield from _whole_lines(file)
    except FileNotFoundError:
        return


class LedgerTail:
    """What was appended since the last look."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._offset = 0

    def read_new(self) -> list[Entry]:
        try:
            with open(self._path, "rb") as file:
                file.seek(self._offset)
                entries = list(_whole_lines(file))
                self._offset = file.tell()
                return entries
        except FileNotFoundError:
            return []


def _whole_lines(file: IO[bytes]) -> Iterator[Entry]:
    """Leaves the file's position behind the last whole line."""
    while line := file.readline():
        if not line.endswith(b"\n"):
            file.seek(-len(line), 1)
            return
        entry = _entry(line)
        if entry is not None:
            yield entry


def _entry(line: bytes) -> Entry | None:
    """None for a line that is none: a full disk or the notebook may have damaged it."""
    try:
        document = json.loads(line)
        return Entry.from_json(document) if isinstance(document, dict) else None
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
