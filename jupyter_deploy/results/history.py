"""Cells over runs: what each took and how it ended, whatever versions the runs are of."""

from __future__ import annotations

import json
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from jupyter_deploy.domain.history import Past
from jupyter_deploy.domain.runs import CellTime
from jupyter_deploy.results.align import align
from jupyter_deploy.results.cells import Cell, joined

#: Characters of a title, and bytes of a notebook that is read for them.
LONGEST_TITLE = 80
LARGEST = 50 * 1024**2


#: Place, id, source and title of a code cell.
CodeCell = tuple[int, str | None, str, str]


@dataclass(frozen=True)
class Row:
    """One cell of the newest version; `seconds` and `status` by run, None where it was not run.

    `usual` is the median of the newest good runs in seconds.
    """

    cell: int
    title: str
    usual: float | None
    seconds: list[float | None]
    status: list[str | None]


def matrix(
    told: Sequence[Past],
    good: Sequence[Past],
    times: Mapping[int, Sequence[CellTime]],
    notebooks: Mapping[int, Path],
) -> list[Row]:
    """Rows are the cells of the version of the newest run; runs are newest first, as given.

    `good` runs say what is usual.
    """
    if not told:
        return []
    newest = notebooks[told[0].version]
    places = {version: _places(path, newest) for version, path in notebooks.items()}

    def by_row(runs: Sequence[Past]) -> list[dict[int, CellTime]]:
        return [_by_row(times.get(run.id, ()), places[run.version]) for run in runs]

    found = by_row(told)
    titles = dict(_code(newest))
    known = titles or dict.fromkeys(sorted({row for cells in found for row in cells}), "")
    usual = by_row(good)
    return [_row(cell, title, found, usual) for cell, title in known.items()]


def _row(
    cell: int,
    title: str,
    found: Sequence[Mapping[int, CellTime]],
    good: Sequence[Mapping[int, CellTime]],
) -> Row:
    usual = [cells[cell].seconds for cells in good if cell in cells and cells[cell].status == "ok"]
    each = [cells.get(cell) for cells in found]
    return Row(
        cell=cell,
        title=title,
        usual=round(statistics.median(usual), 3) if usual else None,
        seconds=[one.seconds if one else None for one in each],
        status=[one.status if one else None for one in each],
    )


def _by_row(cells: Sequence[CellTime], places: Mapping[int, int] | None) -> dict[int, CellTime]:
    """By the cell's place in the newest version; `places` None says that it is that one."""
    own = {cell.cell: cell for cell in cells if cell.cell is not None}
    if places is None:
        return own
    return {places[place]: cell for place, cell in own.items() if place in places}


def usual_seconds(good: Sequence[Past]) -> float | None:
    """How long a good run takes: the median."""
    known = [run.seconds for run in good if run.seconds is not None]
    return round(statistics.median(known), 3) if known else None


def _places(old: Path, new: Path) -> dict[int, int] | None:
    """From the places of one version's cells to those of another; None where they are the same."""
    return None if old == new else dict(_aligned(_read(old), _read(new)))


@lru_cache(maxsize=256)
def _aligned(old: tuple[CodeCell, ...], new: tuple[CodeCell, ...]) -> tuple[tuple[int, int], ...]:
    cells = ([Cell(place, id_, source, (), None) for place, id_, source, _ in one]
             for one in (old, new))  # fmt: skip
    return tuple(
        (a.index, b.index)
        for a, b in align(*cells)
        if a is not None and b is not None and a.index is not None and b.index is not None
    )


def _code(path: Path) -> list[tuple[int, str]]:
    return [(place, title) for place, _, source, title in _read(path) if source.strip()]


def _read(path: Path) -> tuple[CodeCell, ...]:
    """None of a file that is no notebook, too large or not there now."""
    try:
        return _parsed(path)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return ()


@lru_cache(maxsize=64)
def _parsed(path: Path) -> tuple[CodeCell, ...]:
    if path.stat().st_size > LARGEST:
        return ()
    return tuple(_titled(json.loads(path.read_bytes())["cells"]))


def _titled(documents: Sequence[Mapping[str, Any]]) -> list[CodeCell]:
    """A heading just above a cell is its title, else its first line."""
    found = []
    heading = ""
    for place, document in enumerate(documents):
        source = joined(document["source"])
        if document["cell_type"] == "code":
            title = heading or next((line for line in source.splitlines() if line.strip()), "")
            found.append((place, document.get("id"), source, title.strip()[:LONGEST_TITLE]))
            heading = ""
        elif document["cell_type"] == "markdown":
            lines = [line for line in source.splitlines() if line.startswith("#")]
            heading = lines[-1].lstrip("# ") if lines else heading
    return found
