"""Reading a ledger while the runner writes it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from jupyter_deploy.domain.ledger import Entry


def read_entries(path: Path) -> Iterator[Entry]:
    """All whole entries; a line still being written is left for later."""
    return (entry for _, entry in read_placed(path))


def read_placed(path: Path) -> Iterator[tuple[int, Entry]]:
    """All whole entries and where in the file they begin."""
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
        """All but outputs, which are large and stay in the file."""
        try:
            with open(self._path, "rb") as file:
                self._find_on(file)
                entries = [entry for _, entry in _whole_lines(file) if entry.kind != "output"]
                self._offset = file.tell()
                return entries
        except FileNotFoundError:
            return []

    def _find_on(self, file: IO[bytes]) -> None:
        """Go behind the last line that was read, or to the beginning if the notebook cut it off."""
        if self._offset:
            file.seek(self._offset - 1)
            if file.read(1) != b"\n":
                file.seek(0)


def _whole_lines(file: IO[bytes]) -> Iterator[tuple[int, Entry]]:
    """Leaves the file's position behind the last whole line."""
    place = file.tell()
    while line := file.readline():
        if not line.endswith(b"\n"):
            file.seek(place)
            return
        entry = _entry(line)
        if entry is not None:
            yield place, entry
        place += len(line)


def _entry(line: bytes) -> Entry | None:
    """None for a line that is none: a full disk or the notebook may have damaged it."""
    try:
        document = json.loads(line)
        return Entry.from_json(document) if isinstance(document, dict) else None
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
