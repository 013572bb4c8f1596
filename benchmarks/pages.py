"""Pages of JupyterLab in a browser: what `ui-tests/measures` tells."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
from pathlib import Path
from typing import Any

UI_TESTS = Path(__file__).resolve().parent.parent / "ui-tests"


def pages() -> dict[str, Any]:
    """Milliseconds from the command that opens a page until it is painted."""
    command = ("jlpm", "playwright", "test", "-c", "measures.config.ts")
    environment = {**os.environ, "CI": "1"}
    done = subprocess.run(command, cwd=UI_TESTS, env=environment, capture_output=True, check=True)
    report = json.loads(done.stdout)
    return dict(_measured(spec) for suite in report["suites"] for spec in suite["specs"])


def _measured(spec: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    [test] = spec["tests"]
    [told] = [note for note in test["annotations"] if note["type"] == "milliseconds"]
    times = json.loads(told["description"])
    return spec["title"].replace(" ", "_"), {
        "milliseconds": times,
        "median": statistics.median(times),
    }
