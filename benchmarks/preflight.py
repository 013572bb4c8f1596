"""What trying a version costs beside the notebook's own run."""

from __future__ import annotations

import statistics
import time
from typing import Any

from benchmarks.home import home
from benchmarks.trying import deploy_and_try, ended
from jupyter_deploy.capture.bundle import capture

REPEATS = 5
#: Seconds that the notebook takes by itself.
OWN = 3.0
SOURCES = (f"import time\ntime.sleep({OWN - 1})", "time.sleep(1)", "import json, csv, sqlite3")


def preflight() -> dict[str, Any]:
    """Seconds from the request until the version is live, and of a run of it."""
    with home(preflight="full") as place:
        client = place.start()
        tried, runs = [], []
        for turn in range(REPEATS):
            path = place.notebook(f"n{turn}", *SOURCES)
            began = time.perf_counter()
            assert deploy_and_try(client, capture(path), f"n{turn}")["state"] == "live"
            tried.append(time.perf_counter() - began)
            began = time.perf_counter()
            ended(client, client.start_run(f"n{turn}", {})["id"])
            runs.append(time.perf_counter() - began)
    deploying, running = statistics.median(tried), statistics.median(runs)
    return {
        "own": OWN,
        "deploy_and_try": round(deploying, 2),
        "run": round(running, 2),
        "beyond_own": round(deploying - OWN, 2),
    }
