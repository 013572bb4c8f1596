"""Reading a ledger while the runner writes it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

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
        document: dict[str, Any] = json.loads(line)
        yield Entry.from_json(document)
