"""The ledger: what happened in one attempt, entry by entry.

Kinds and their data (`cell` is an index of the captured notebook, None for the
injected parameters):

    attempt_started  notebook, cells
    kernel_started   kernel
    cell_started     cell, number, cells     written before the cell is sent
    output           cell, output            an nbformat 4 output
    clear_output     cell
    cell_finished    cell, status, duration  ok, error or skipped; seconds
    warning          cell, message
    finished         outcome, cell, error, never_ran, outputs   always the last
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from jupyter_deploy.domain.runs import Progress


@dataclass(frozen=True)
class Entry:
    """`seq` counts from 1 without gaps, `at` is ISO 8601 with offset."""

    seq: int
    at: str
    kind: str
    data: Mapping[str, Any]

    def to_json(self) -> dict[str, Any]:
        return {"seq": self.seq, "at": self.at, "kind": self.kind, **self.data}

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Entry:
        """Raises KeyError for a document of another form."""
        data = {key: value for key, value in document.items() if key not in ("seq", "at", "kind")}
        return cls(document["seq"], document["at"], document["kind"], data)


def progress(entries: Iterable[Entry]) -> Progress | None:
    """How far the attempt has come; None before it began."""
    found = None
    for entry in entries:
        if entry.kind == "attempt_started":
            found = Progress(0, entry.data["cells"])
        elif entry.kind == "cell_started":
            found = Progress(entry.data["number"], entry.data["cells"])
    return found
