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
    observed         seen, memory            of a preflight: see runner.trial; bytes
    finished         see Finished            always the last

Outputs that the notebook changed later (a display that is updated, a cleared
figure) come as `clear_output` and the cell's outputs anew. Outputs of a thread
may come after their cell's `cell_finished`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from jupyter_deploy.domain.metrics import is_cell
from jupyter_deploy.domain.runs import Progress

#: The file beside a ledger whose bytes are kept back, so that a full disk does not
#: swallow the end of the story.
RESERVE_NAME = "ledger.reserve"
RESERVE_SIZE = 256 * 1024
#: What an entry of each kind has at least.
_MEMBERS = {
    "attempt_started": ("notebook", "cells"),
    "kernel_started": ("kernel",),
    "cell_started": ("cell", "number", "cells"),
    "output": ("cell", "output"),
    "clear_output": ("cell",),
    "cell_finished": ("cell", "status", "duration"),
    "warning": ("cell", "message"),
    "observed": ("seen", "memory"),
    "finished": ("outcome",),
}


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
        """Raises KeyError for a document of another form, ValueError for odd numbers."""
        data = {key: value for key, value in document.items() if key not in ("seq", "at", "kind")}
        if type(document["seq"]) is not int:
            raise ValueError(f"{document['seq']!r} is not the number of an entry")
        if not is_cell(document.get("cell")):
            raise ValueError(f"{document['cell']!r} is not the place of a cell")
        for member in _MEMBERS[document["kind"]]:
            data[member]
        return cls(document["seq"], document["at"], document["kind"], data)


@dataclass(frozen=True)
class Draft:
    """An entry that is not written yet; the functions below make them."""

    kind: str
    data: Mapping[str, Any]


def attempt_started(notebook: str, cells: int) -> Draft:
    return Draft("attempt_started", {"notebook": notebook, "cells": cells})


def kernel_started(kernel: str) -> Draft:
    return Draft("kernel_started", {"kernel": kernel})


def cell_started(cell: int | None, number: int, cells: int) -> Draft:
    return Draft("cell_started", {"cell": cell, "number": number, "cells": cells})


def output(cell: int | None, content: Mapping[str, Any]) -> Draft:
    return Draft("output", {"cell": cell, "output": content})


def clear_output(cell: int | None) -> Draft:
    return Draft("clear_output", {"cell": cell})


def cell_finished(cell: int | None, status: str, duration: float) -> Draft:
    return Draft("cell_finished", {"cell": cell, "status": status, "duration": duration})


def warning(cell: int | None, message: str) -> Draft:
    return Draft("warning", {"cell": cell, "message": message})


def observed(seen: Mapping[str, Any], memory: int | None) -> Draft:
    return Draft("observed", {"seen": seen, "memory": memory})


@dataclass(frozen=True)
class Finished:
    """How the runner left the notebook: the evidence for the verdict.

    `outcome` is one of completed, exit, cancelled and the keys of
    `verdict.FAILURES`; `error` has `name` and `value`. `fault` and `reason` are
    the verdict's, for people who read the ledger.
    """

    outcome: str
    cell: int | None = None
    error: Mapping[str, str] = field(default_factory=dict)
    never_ran: Sequence[int] = ()
    outputs: Sequence[Mapping[str, Any]] = ()
    metrics: Sequence[Mapping[str, Any]] = ()
    fault: str | None = None
    reason: str | None = None

    def draft(self) -> Draft:
        return Draft("finished", asdict(self))

    @classmethod
    def of(cls, entry: Entry) -> Finished:
        """Raises KeyError for an entry of another kind."""
        data = entry.data
        return cls(
            outcome=data["outcome"],
            cell=data.get("cell"),
            error=data.get("error") or {},
            never_ran=data.get("never_ran") or (),
            outputs=data.get("outputs") or (),
            metrics=data.get("metrics") or (),
            fault=data.get("fault"),
            reason=data.get("reason"),
        )


def progress(entries: Iterable[Entry]) -> Progress | None:
    """How far the attempt has come; None before it began."""
    found = None
    for entry in entries:
        if entry.kind == "attempt_started":
            found = Progress(0, entry.data["cells"])
        elif entry.kind == "cell_started":
            found = Progress(entry.data["number"], entry.data["cells"])
    return found
