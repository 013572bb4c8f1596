"""`make bench`: what running and deploying costs; writes benchmarks/results.json.

A run is timed as a user has it: `jupyter deploy run NAME --wait` with the engine already running,
beside `papermill IN OUT` on the same notebook. The two alternate, so that whatever else the machine
does meets both; both run from compiled bytecode. Every figure is a median of five.
"""

from __future__ import annotations

import compileall
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
from importlib.metadata import version
from pathlib import Path
from typing import Any

import nbformat
import psutil

ROUNDS = 5
HERE = Path(__file__).resolve().parent
DEPLOY = (sys.executable, "-m", "jupyter_deploy")
PAPERMILL = (sys.executable, "-m", "papermill", "--no-progress-bar")
PACKAGES = ("ipykernel", "jupyter_client", "nbclient", "nbformat", "papermill")


def main() -> None:
    compileall.compile_dir(str(HERE.parent / "jupyter_deploy"), quiet=1)
    with tempfile.TemporaryDirectory(prefix="bench") as folder, engine(Path(folder)):
        os.chdir(folder)
        results = {
            "measured_at": datetime.now(timezone.utc).isoformat(timespec="seconds"),
            "machine": machine(),
            "run_now": {f"{cells}_cells": run_now(cells) for cells in (2, 300)},
            "deploy": deploy(),
            "import": import_time(),
        }
    (HERE / "results.json").write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(results, indent=2))


@contextmanager
def engine(folder: Path) -> Iterator[None]:
    """A data directory of its own, whose engine the first command starts."""
    os.environ |= {
        "JUPYTER_DATA_DIR": str(folder / "data"),
        "JUPYTER_CONFIG_DIR": str(folder / "config"),
        "IPYTHONDIR": str(folder / "ipython"),
    }
    for name in ("JUPYTER_RUNTIME_DIR", "PYTHONDONTWRITEBYTECODE"):
        os.environ.pop(name, None)
    try:
        yield
    finally:
        quietly(*DEPLOY, "engine", "stop")


def machine() -> dict[str, Any]:
    return {
        "processors": os.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 1e9, 1),
        "load_before": round(os.getloadavg()[0], 2),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "packages": {name: version(name) for name in PACKAGES},
    }


def run_now(cells: int) -> dict[str, Any]:
    """Ours beside papermill's, in seconds and as a ratio."""
    path = write_notebook(f"cells{cells}", [f"x{number} = {number}" for number in range(cells)])
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
        "jupyter_deploy": summary(ours),
        "papermill": summary(theirs),
        "ratio": round(statistics.median(ours) / statistics.median(theirs), 3),
    }


def deploy() -> dict[str, Any]:
    """A notebook that has changed, up to its new version being live."""
    times = []
    for number in range(ROUNDS + 1):
        path = write_notebook("changing", [f"x = {number}", "print(x)"])
        times.append(timed(lambda path=path: quietly(*DEPLOY, "notebook", path)))
    return summary(times[1:])


def import_time() -> dict[str, Any]:
    """What `import jupyter_deploy` adds to the start of an interpreter."""
    bare: list[float] = []
    imported: list[float] = []
    for _ in range(4 * ROUNDS):
        bare.append(timed(lambda: quietly(sys.executable, "-c", "pass")))
        imported.append(timed(lambda: quietly(sys.executable, "-c", "import jupyter_deploy")))
    added = statistics.median(imported) - statistics.median(bare)
    return {"milliseconds": round(1000 * added, 1)}


def write_notebook(name: str, sources: list[str]) -> Path:
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(source) for source in sources],
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}},
    )
    path = Path(f"{name}.ipynb").absolute()
    nbformat.write(notebook, path)
    return path


def quietly(*command: str | Path) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))} failed:\n{done.stdout}{done.stderr}")


def timed(action: Callable[[], None]) -> float:
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def summary(times: list[float]) -> dict[str, Any]:
    return {
        "median_seconds": round(statistics.median(times), 3),
        "all": [round(seconds, 3) for seconds in times],
    }


if __name__ == "__main__":
    main()
