"""Two runs side by side: their notebooks, and what else differs between them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jupyter_deploy.domain.bundle import Bundle
from jupyter_deploy.domain.environment import Environment
from jupyter_deploy.domain.runs import Run, RunState
from jupyter_deploy.errors import Conflict, NotFound
from jupyter_deploy.ports.blobs import BlobStore
from jupyter_deploy.ports.store import RunQuery, Store
from jupyter_deploy.results import causes

NOTEBOOK = "output.ipynb"

Output = Callable[[int, str], tuple[Path, str]]


@dataclass(frozen=True)
class Material:
    """Executed notebooks of two runs; `causes` by kind, as the API tells them.

    `files` are captured files that changed: `name`, and where `old` and `new` lie.
    """

    runs: tuple[int, int]
    notebooks: tuple[Path, Path]
    causes: dict[str, list[dict[str, Any]]]
    deployments: tuple[str, str]
    files: list[dict[str, str | None]]


def gather(store: Store, blobs: BlobStore, output: Output, run_a: int, run_b: int) -> Material:
    """What comparing the runs needs; `output` finds a run's file by its name.

    Raises NotFound for a run without an executed notebook, and Conflict for one that has not ended.
    """
    a, b = store.run(run_a), store.run(run_b)
    bundles = [store.run_version(run.id).bundle for run in (a, b)]
    environments = [_environment(store, bundle) for bundle in bundles]
    inputs = causes.inputs(*bundles)
    return Material(
        runs=(a.id, b.id),
        notebooks=(_notebook(output, a), _notebook(output, b)),
        causes={
            "parameters": causes.parameters(a.parameters, b.parameters),
            "environment": causes.environment(*environments),
            "inputs": inputs,
        },
        deployments=(a.deployment, b.deployment),
        files=[_paths(blobs, item) for item in inputs],
    )


def _paths(blobs: BlobStore, item: dict[str, Any]) -> dict[str, str | None]:
    sides = {side: item[side] and blob_path(blobs, item[side]["digest"]) for side in ("old", "new")}
    return {"name": item["name"], **sides}


def blob_path(blobs: BlobStore, digest: str) -> str | None:
    """Where the content lies; None when it is gone."""
    try:
        path = blobs.path(digest)
    except NotFound:
        return None
    return str(path) if path.is_file() else None


def good_before(store: Store, run: Run) -> Run | None:
    """The newest run of the same deployment before this one that succeeded."""
    query = RunQuery(run.deployment, RunState.SUCCEEDED, before=run.id, limit=1)
    return next(iter(store.runs(query)), None)


def last_good(store: Store, run_id: int) -> Run:
    """The same of a run by its number. Raises NotFound."""
    run = store.run(run_id)
    good = good_before(store, run)
    if good is not None:
        return good
    raise NotFound(
        f"No run of {run.deployment!r} before run {run.id} succeeded.",
        hint="Any two runs can be compared: choose another one.",
    )


def _environment(store: Store, bundle: Bundle) -> Environment | None:
    return store.environment(bundle.environment) if bundle.environment else None


def _notebook(output: Output, run: Run) -> Path:
    if run.state.open:
        raise Conflict(
            f"Run {run.id} has not ended yet ({run.state}).",
            hint="Its results can be compared when it has.",
        )
    if not run.pruned_at and not any(item.name == NOTEBOOK for item in run.outputs):
        raise NotFound(
            f"Run {run.id} left no results: it is {run.state}.",
            hint=run.reason or "Choose a run that was executed.",
        )
    path, _media_type = output(run.id, NOTEBOOK)
    if not path.is_file():
        raise NotFound(f"The executed notebook of run {run.id} is no longer on disk.")
    return path
