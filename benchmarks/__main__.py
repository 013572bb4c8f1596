"""`make bench`: measure everything, or what is named; writes benchmarks/results.json."""

from __future__ import annotations

import compileall
import json
import os
import platform
import sys
from datetime import datetime, timezone
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psutil

from benchmarks import (
    commands,
    corpus,
    deaths,
    diffing,
    environments,
    field,
    memory,
    pages,
    preflight,
    publishing,
    scale,
    verdicts,
)

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "results.json"
PACKAGES = ("ipykernel", "jupyter_client", "nbclient", "nbformat", "papermill")
MEASURES = {
    "run_now": commands.run_now,
    "deploy": commands.deploy,
    "import": commands.import_time,
    "killed_runners": deaths.killed_runners,
    "restarted_engines": deaths.restarted_engines,
    "printing": memory.printing,
    "many_schedules": scale.many_schedules,
    "many_runs": scale.many_runs,
    "diff": diffing.diff,
    "pages": pages.pages,
    "published_table": publishing.published_table,
    "environments": environments.environments,
    "preflight": preflight.preflight,
    "corpus": corpus.corpus,
    "field": field.field,
    "verdicts": verdicts.verdicts,
}


def main(names: list[str]) -> None:
    if unknown := set(names) - set(MEASURES):
        sys.exit(f"no such measure: {', '.join(unknown)}; there are {', '.join(MEASURES)}")
    compileall.compile_dir(str(HERE.parent / "jupyter_deploy"), quiet=1)
    results = json.loads(RESULTS.read_text(encoding="utf-8")) if names else {}
    for name in names or MEASURES:
        print(f"measuring {name}", file=sys.stderr, flush=True)
        results[name] = {**_when(), **MEASURES[name]()}
        print(json.dumps(results[name], indent=2), flush=True)
    results["machine"] = _machine()
    RESULTS.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")


def _when() -> dict[str, Any]:
    return {
        "measured_at": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "load_before": round(os.getloadavg()[0], 2),
    }


def _machine() -> dict[str, Any]:
    return {
        "processors": os.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 1e9, 1),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "packages": {name: version(name) for name in PACKAGES},
    }


if __name__ == "__main__":
    main(sys.argv[1:])
