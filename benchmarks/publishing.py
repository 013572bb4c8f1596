"""A published table of a million rows, as a reader gets it from the engine."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import httpx

from benchmarks.home import Home, home, percentile, until
from jupyter_deploy.capture.bundle import capture
from jupyter_deploy.client.api import PUBLISHED, EngineClient
from jupyter_deploy.client.launch import find_engine

ROWS = 1_000_000
REQUESTS = 100
CELL = f"""
import random
with open("rows.csv", "w") as file:
    file.write("id,price,region,at\\n")
    for n in range({ROWS}):
        region = random.choice(("eu", "us", "asia"))
        file.write(f"{{n}},{{random.random() * 100}},{{region}},2026-03-03T06:{{n % 60:02}}:00\\n")
"""


def published_table() -> dict[str, Any]:
    """Milliseconds of pages, and how fast the whole comes as Parquet beside the disk itself."""
    with home() as place:
        client = place.start()
        _publish(place, client)
        engine = find_engine(place.settings)
        assert engine is not None
        headers = {"Authorization": f"token {engine.token}"}
        address = f"{engine.url}{PUBLISHED}/large/rows"
        with httpx.Client(headers=headers, timeout=120, trust_env=False) as reader:
            reader.get(address, params={"limit": 1})
            return {
                "rows": ROWS,
                "first_page": _times(reader, address, {}),
                "last_page": _times(reader, address, {"offset": ROWS - 1000}),
                "filtered": _times(reader, address, {"price.gt": "99.9", "region": "eu"}, 10),
                "parquet": _parquet(reader, address, place.settings.blobs_dir),
            }


def _publish(place: Home, client: EngineClient) -> None:
    captured = capture(place.notebook("large", CELL), limit=place.folder)
    outputs = {"rows": {"table": "rows"}}
    client.deploy(captured, name="large", parameters={}, schedule=None, outputs=outputs)
    client.start_run("large", {})
    until(lambda: client.outputs("large")["current"])


def _times(
    reader: httpx.Client, address: str, query: dict[str, Any], count: int = REQUESTS
) -> dict[str, float]:
    times = []
    for _ in range(count):
        began = time.perf_counter()
        answer = reader.get(address, params=query)
        times.append((time.perf_counter() - began) * 1000)
        assert answer.status_code == 200
        assert answer.json()["data"]
    return {"p50_ms": round(percentile(times, 0.5), 1), "p95_ms": round(percentile(times, 0.95), 1)}


def _parquet(reader: httpx.Client, address: str, blobs: Path) -> dict[str, float]:
    """MB a second, of the answer and of reading the same file."""
    began = time.perf_counter()
    content = reader.get(address, params={"format": "parquet"}).content
    served = time.perf_counter() - began
    [file] = [
        path for path in blobs.rglob("*") if path.is_file() and path.stat().st_size == len(content)
    ]
    began = time.perf_counter()
    assert file.read_bytes() == content
    read = time.perf_counter() - began
    megabytes = len(content) / 1e6
    return {
        "megabytes": round(megabytes, 1),
        "mb_per_second": round(megabytes / served),
        "disk_mb_per_second": round(megabytes / read),
    }
