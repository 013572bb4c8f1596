"""What a notebook that prints much costs its runner and its engine in memory."""

from __future__ import annotations

import re
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from benchmarks.home import Home, home, until
from jupyter_deploy.capture.bundle import capture
from jupyter_deploy.client.api import EngineClient

MB = 1024 * 1024
RUNNER = "jupyter_deploy.runner"
#: Seconds between two looks at a runner, whose last figure goes with it.
LOOK = 0.002
#: The second cell of each case: memory is compared with what it was here.
WAIT = "import pathlib, time\nwhile not pathlib.Path({gate!r}).exists():\n    time.sleep(0.01)"


@dataclass(frozen=True)
class Case:
    """What a notebook prints, cell by cell, and the engine's settings."""

    cells: tuple[str, ...]
    settings: dict[str, int]


RAISED = {"output_cap_cell": 200 * MB, "output_cap_run": 400 * MB}
LINES = "for number in range({count}):\n    print('x' * {length})"
HTML = "from IPython.display import HTML\nHTML('x' * {size})"
CASES = {
    "one print": Case((f"print('x' * {100 * MB})",), {}),
    "ten cells": Case((f"print('x' * {10 * MB - 1})",) * 10, {}),
    "lines of 1 MB": Case((LINES.format(count=100, length=MB),), {}),
    "lines of 1 kB": Case((LINES.format(count=100_000, length=1000),), {}),
    "a display of 50 MB": Case((HTML.format(size=50 * MB),), {}),
    "ten displays of 9 MB": Case((HTML.format(size=9 * MB),) * 10, {}),
    "lines of 1 MB, higher cap": Case((LINES.format(count=100, length=MB),), RAISED),
    "lines of 1 kB, higher cap": Case((LINES.format(count=100_000, length=1000),), RAISED),
}


@dataclass(frozen=True)
class Growth:
    """Bytes at the peak beyond what the processes had when the kernel had run two cells."""

    runner: int
    engine: int
    seconds: float
    #: Of output.ipynb.
    size: int

    def document(self) -> dict[str, float]:
        return {
            "runner_mb": round(self.runner / MB, 1),
            "engine_mb": round(self.engine / MB, 1),
            "seconds": round(self.seconds, 1),
            "output_mb": round(self.size / MB, 1),
        }


def printing() -> dict[str, Any]:
    """Growth of runner and engine in megabytes, case by case."""
    return {name: growth(case).document() for name, case in CASES.items()}


def growth(case: Case) -> Growth:
    with home(max_running=1, **case.settings) as place:
        client, gate = place.start(), place.folder / "gate"
        path = place.notebook("much", "print('ready')", WAIT.format(gate=str(gate)), *case.cells)
        client.deploy(capture(path, limit=place.folder), name="much", parameters={}, schedule=None)
        number = client.start_run("much", {})["id"]
        until(lambda: _cells_begun(client, number) == 2)
        folder = place.folder / "data" / "deploy" / "runs" / str(number) / "1"
        return _watched(place, client, number, folder, gate)


def _watched(place: Home, client: EngineClient, number: int, folder: Path, gate: Path) -> Growth:
    runner, engine = _runner(folder), place.engine
    before = {process: _start(process) for process in (runner, engine)}
    began = time.perf_counter()
    gate.touch()
    peak = _peak_until_gone(runner)
    until(lambda: client.run(number)["state"] not in ("queued", "running"))
    seconds = time.perf_counter() - began
    run = client.run(number)
    assert run["state"] == "succeeded", run["reason"]
    size = (folder / "output.ipynb").stat().st_size
    return Growth(peak - before[runner], _peak(engine) - before[engine], seconds, size)


def _cells_begun(client: EngineClient, number: int) -> int:
    return sum(entry["kind"] == "cell_started" for entry in client.ledger(number)["entries"])


def _runner(folder: Path) -> psutil.Process:
    """The pid on file may be that of a process that guards it."""
    first = psutil.Process(int((folder / "pid").read_text()))
    runners = [
        process
        for process in (first, *first.children(recursive=True))
        if RUNNER in process.cmdline()
    ]
    return max(runners, key=lambda process: process.memory_info().rss)


def _start(process: psutil.Process) -> int:
    """Forget the peak so far; what it holds now, in bytes."""
    Path(f"/proc/{process.pid}/clear_refs").write_text("5")
    return int(process.memory_info().rss)


def _peak_until_gone(process: psutil.Process) -> int:
    peak = 0
    with suppress(OSError, TypeError):
        while True:
            peak = _peak(process)
            time.sleep(LOOK)
    return peak


def _peak(process: psutil.Process) -> int:
    """Raises OSError or TypeError when it has ended."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    return 1024 * int(re.search(r"VmHWM:\s+(\d+)", status)[1])  # type: ignore[index]
