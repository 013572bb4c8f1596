"""What a killed runner and a killed engine cost."""

from __future__ import annotations

import signal
import statistics
import time
from pathlib import Path
from typing import Any

import psutil

from benchmarks.home import Home, home, percentile, until
from jupyter_deploy.capture.bundle import capture
from jupyter_deploy.client.api import EngineClient

KILLS = 50
RESTARTS = 5
AT_ONCE = 4


def killed_runners() -> dict[str, Any]:
    """Seconds from the SIGKILL of a runner until the API says that its run has failed."""
    with home(max_running=1) as place:
        client = _deployed(place)
        times = [_notice(place, client) for _ in range(KILLS)]
        return {
            "kills": KILLS,
            "median_seconds": round(statistics.median(times), 3),
            "p99_seconds": round(percentile(times, 0.99), 3),
        }


def _notice(place: Home, client: EngineClient) -> float:
    number = client.start_run("waiting", {})["id"]
    _in_its_cell(client, number)
    [runner] = psutil.Process(_guard(place, number)).children()
    runner.send_signal(signal.SIGKILL)
    began = time.perf_counter()
    until(lambda: client.run(number)["state"] == "failed", pause=0.005)
    return time.perf_counter() - began


def restarted_engines() -> dict[str, Any]:
    """How many of the runs that live when their engine is killed go on under the next one."""
    with home(max_running=AT_ONCE) as place:
        client = _deployed(place)
        numbers = [client.start_run("waiting", {})["id"] for _ in range(AT_ONCE)]
        for number in numbers:
            _in_its_cell(client, number)
        before = [_guard(place, number) for number in numbers]
        adopted = 0
        for _ in range(RESTARTS):
            place.kill()
            client = place.start()
            adopted += sum(_goes_on(client, number) for number in numbers)
        assert [_guard(place, number) for number in numbers] == before
        return {"live_at_a_kill": RESTARTS * AT_ONCE, "adopted": adopted}


def _goes_on(client: EngineClient, number: int) -> bool:
    run = client.run(number)
    return run["state"] == "running" and len(run["attempts"]) == 1


def _deployed(place: Home) -> EngineClient:
    client = place.start()
    captured = capture(
        place.notebook("waiting", "import time; time.sleep(600)"), limit=place.folder
    )
    client.deploy(captured, name="waiting", parameters={}, schedule=None)
    return client


def _in_its_cell(client: EngineClient, number: int) -> None:
    def begun() -> bool:
        return any(entry["kind"] == "cell_started" for entry in client.ledger(number)["entries"])

    until(begun)


def _guard(place: Home, number: int) -> int:
    folder: Path = place.settings.runs_dir / str(number) / "1"
    return int((folder / "pid").read_text())
