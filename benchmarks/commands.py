"""What running, deploying and importing cost.

A run is timed as a user has it: `jupyter deploy run NAME --wait` with the engine already running,
beside `papermill IN OUT` on the same notebook. The two alternate, so that whatever else the machine
does meets both; both run from compiled bytecode. Every figure is a median of five.
"""

from __future__ import annotations

import statistics
import sys
from typing import Any

from benchmarks.home import Home, home, quietly, timed

ROUNDS = 5
DEPLOY = (sys.executable, "-m", "jupyter_deploy")
PAPERMILL = (sys.executable, "-m", "papermill", "--no-progress-bar")


def run_now() -> dict[str, Any]:
    with home() as place:
        return {f"{cells}_cells": _run_now(place, cells) for cells in (2, 300)}


def deploy() -> dict[str, Any]:
    with home() as place:
        return _deploy(place)


def _run_now(place: Home, cells: int) -> dict[str, Any]:
    """Ours beside papermill's, in seconds and as a ratio."""
    path = place.notebook(f"cells{cells}", *(f"x{number} = {number}" for number in range(cells)))
    quietly(*DEPLOY, "notebook", path)
    ours: list[float] = []
    theirs: list[float] = []
    sides = (
        (ours, (*DEPLOY, "run", path.stem, "--wait")),
        (theirs, (*PAPERMILL, path, path.with_suffix(".out.ipynb"))),
    )
    for number in range(ROUNDS + 1):
        for times, command in sides if number % 2 else reversed(sides):
            seconds = timed(lambda command=command: quietly(*command))
            if number:  # the first of each warms the disk's cache
                times.append(seconds)
    return {
        "jupyter_deploy": _summary(ours),
        "papermill": _summary(theirs),
        "ratio": round(statistics.median(ours) / statistics.median(theirs), 3),
    }


def _deploy(place: Home) -> dict[str, Any]:
    """A notebook that has changed, up to its new version being live."""
    times = []
    for number in range(ROUNDS + 1):
        path = place.notebook("changing", f"x = {number}", "print(x)")
        times.append(timed(lambda path=path: quietly(*DEPLOY, "notebook", path)))
    return _summary(times[1:])


def import_time() -> dict[str, Any]:
    """What `import jupyter_deploy` adds to the start of an interpreter."""
    bare: list[float] = []
    imported: list[float] = []
    for _ in range(4 * ROUNDS):
        bare.append(timed(lambda: quietly(sys.executable, "-c", "pass")))
        imported.append(timed(lambda: quietly(sys.executable, "-c", "import jupyter_deploy")))
    added = statistics.median(imported) - statistics.median(bare)
    return {"milliseconds": round(1000 * added, 1)}


def _summary(times: list[float]) -> dict[str, Any]:
    return {
        "median_seconds": round(statistics.median(times), 3),
        "all": [round(seconds, 3) for seconds in times],
    }
