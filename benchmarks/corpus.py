"""Whether the preflight names the faults of tests/preflight's corpus, and is silent otherwise."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from benchmarks.home import Home, home
from benchmarks.trying import deploy_and_try
from jupyter_deploy.client.api import EngineClient
from tests.preflight.clean import CLEAN
from tests.preflight.corpus import Sample, notebook_of, write
from tests.preflight.faults import FAULTS

AT_ONCE = 2


def corpus() -> dict[str, Any]:
    """Each notebook is deployed to a real engine, which executes it."""
    with home(preflight="full", max_running=AT_ONCE) as place:
        client = place.start()
        clean = [item for item in CLEAN if item.runs]
        samples: list[Sample] = [*FAULTS, *clean]
        with ThreadPoolExecutor(AT_ONCE) as pool:
            said = list(pool.map(lambda at: _try(client, place, *at), enumerate(samples)))
    faults, quiet = said[: len(FAULTS)], said[len(FAULTS) :]
    missed = [
        f"{fault}: {found}"
        for fault, found in zip(FAULTS, faults, strict=True)
        if (fault.cause, fault.cell) not in found
    ]
    alarms = [f"{item}: {found}" for item, found in zip(clean, quiet, strict=True) if found]
    return {
        "faults": len(FAULTS),
        "named": len(FAULTS) - len(missed),
        "missed": missed,
        "clean": len(clean),
        "alarms": alarms,
    }


def _try(
    client: EngineClient, place: Home, number: int, sample: Sample
) -> list[tuple[str, int | None]]:
    """Causes and cells; a rejection without any is `rejected`."""
    path = write(sample, notebook_of(sample.cells), place.folder / f"sample{number}")
    tried = deploy_and_try(client, path, f"n{number}", sample.takes)
    found = [(item["cause"], item["cell"]) for item in tried["preflight"]["findings"]]
    if tried["state"] != "live" and not found:
        found.append(("rejected", tried["preflight"]["cell"]))
    return found
