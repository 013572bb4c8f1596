"""What the history of a deployment is made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from jupyter_deploy.domain.history import Failing, Past
from jupyter_deploy.domain.runs import CellTime, RunState
from jupyter_deploy.errors import NotFound
from jupyter_deploy.ports.blobs import BlobStore
from jupyter_deploy.ports.store import Store

#: Runs that the matrix of cells has, and from which it is told how long things take.
IN_MATRIX = 60
USUAL = 20


@dataclass(frozen=True)
class Chronicle:
    """Newest first: all runs, those of which the cells are told, and good ones.

    The good ones say how long things take, however long ago they were. `notebooks` are the
    captured ones by version, of the runs that are told and of the good ones.
    """

    runs: Sequence[Past]
    told: Sequence[Past]
    good: Sequence[Past]
    failing: Failing | None
    cells: dict[int, tuple[CellTime, ...]]
    notebooks: dict[int, Path]


def chronicle(store: Store, blobs: BlobStore, name: str, limit: int) -> Chronicle:
    """Of the newest `limit` runs. Raises NotFound for a name that never was a deployment's."""
    runs = store.past(name, None, limit)
    if not runs:
        store.deployment(name)
    told = [run for run in runs if run.started_at is not None and not run.state.open][:IN_MATRIX]
    good = store.past(name, None, USUAL, RunState.SUCCEEDED)
    held = _held(store, blobs, [*told, *good])
    return Chronicle(runs, told, good, store.failing(name), *held)


def before(store: Store, blobs: BlobStore, run_id: int) -> Chronicle:
    """The run alone, and the good ones before it."""
    run = store.run(run_id)
    this = Past.of(run)
    good = store.past(run.deployment, run_id, USUAL, RunState.SUCCEEDED)
    held = _held(store, blobs, [this, *good])
    return Chronicle([this], [this], good, None, *held)


def _held(
    store: Store, blobs: BlobStore, told: Sequence[Past]
) -> tuple[dict[int, tuple[CellTime, ...]], dict[int, Path]]:
    """Times of the runs' cells, and the notebooks of their versions."""
    notebooks: dict[int, Path] = {}
    for run in told:
        if run.version not in notebooks:
            notebooks[run.version] = _notebook(store, blobs, run)
    return store.cells([run.id for run in told]), notebooks


def _notebook(store: Store, blobs: BlobStore, run: Past) -> Path:
    try:
        return blobs.path(store.run_version(run.id).bundle.notebook.digest)
    except NotFound:
        return Path()  # of a deployment of this name that is no more
