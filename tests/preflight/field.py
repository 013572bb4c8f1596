"""Notebooks with and without faults by somebody who did not know what the preflight looks for.

Each folder of `notebooks/` is a project as its author has it; the manifest says what is wrong.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

#: Stands in what looks like a token, so that none is found in this repository.
_SPLIT = "‹›"
_FOLDER = Path(__file__).parent / "notebooks"


@dataclass(frozen=True)
class Project:
    """`kind` is the cause that is to be found, or `clean`; `files` are taken along.

    `cell` is where the fault is, `also_cells` where it shows, None for that of a whole notebook;
    `parameters` are given when it is deployed. `told` is by what it shows: the `source`, the
    `run` that tries it, or a `refusal` of the deploy.
    """

    name: str
    notebook: str
    kind: str
    why: str
    cell: int | None = None
    also_cells: list[int] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    parameters: Mapping[str, Any] = field(default_factory=dict)
    told: str = "source"

    def __str__(self) -> str:
        return f"{self.kind}-{self.name}"

    def is_named(self, cause: str, cell: int | None) -> bool:
        whole = cell is None and self.kind in ("kernelspec_missing", "no_parameters_cell")
        return cause == self.kind and (whole or cell in (self.cell, *self.also_cells))

    def copy(self, folder: Path) -> Path:
        """Lay it out there; where its notebook is then."""
        place = folder / self.name
        shutil.copytree(_FOLDER / self.name, place)
        (place / "schedules").mkdir()  # a project, wherever it lies
        notebook = place / self.notebook
        notebook.write_text(notebook.read_text(encoding="utf-8").replace(_SPLIT, ""), "utf-8")
        return notebook


def _read() -> list[Project]:
    text = (_FOLDER / "manifest.json").read_text(encoding="utf-8")
    return [Project(**item) for item in json.loads(text)]


FIELD = _read()
