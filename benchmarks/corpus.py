"""Whether the preflight names the faults of tests/preflight's corpus, and is silent otherwise.

And whether what a click does about a fault lets its notebook pass.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from benchmarks.home import home
from benchmarks.trying import deploy_and_try
from jupyter_deploy.capture.bundle import capture
from jupyter_deploy.capture.locks import LOCKED
from jupyter_deploy.client.api import EngineClient
from jupyter_deploy.errors import DeployError
from jupyter_deploy.notebook.editing import apply_edits
from tests.preflight.clean import CLEAN
from tests.preflight.corpus import Fault, Sample, notebook_of, write
from tests.preflight.faults import FAULTS

AT_ONCE = 2
#: What was found: causes and cells; a rejection without any is `rejected`.
Found = list[tuple[str, int | None]]


def corpus() -> dict[str, Any]:
    """Each notebook is deployed to a real engine, which executes it."""
    clean = [item for item in CLEAN if item.runs]
    with home(preflight="full", max_running=AT_ONCE) as place:
        corpus = _Corpus(place.start(), place.folder)
        with ThreadPoolExecutor(AT_ONCE) as pool:
            faults = list(pool.map(corpus.deploy, FAULTS))
            quiet = list(pool.map(corpus.deploy, clean))
            clicked = list(pool.map(corpus.click, FAULTS))
    missed = [
        f"{fault}: {found}"
        for fault, found in zip(FAULTS, faults, strict=True)
        if (fault.cause, fault.cell) not in found
    ]
    clicks = [(fault, found) for fault, found in zip(FAULTS, clicked, strict=True) if found]
    return {
        "faults": len(FAULTS),
        "named": len(FAULTS) - len(missed),
        "missed": missed,
        "clean": len(clean),
        "alarms": [f"{item}: {found}" for item, found in zip(clean, quiet, strict=True) if found],
        "clicks": len(clicks),
        "not_mended": [str(fault) for fault, found in clicks if found != ["live"]],
    }


class _Corpus:
    def __init__(self, client: EngineClient, folder: Path) -> None:
        self._client = client
        self._folder = folder

    def deploy(self, sample: Sample) -> Found:
        path = self._write(sample, notebook_of(sample.cells), "as it is")
        captured = capture(path, patterns=sample.takes, environment=LOCKED)
        tried = deploy_and_try(self._client, captured, _name(sample))
        return _found(tried)

    def click(self, fault: Fault) -> list[Any]:
        """`live` when it passes; nothing where nothing can be clicked."""
        notebook = notebook_of(fault.cells)
        path = self._write(fault, notebook, "to look at")
        looked = capture(path, patterns=fault.takes, look_only=True).bundle.findings
        proposed = [item for item in looked if item.action or item.edits]
        if not proposed:
            return []
        notebook = apply_edits(notebook, proposed[0].edits)
        try:
            tried = self._deploy_mended(fault, notebook, proposed[0].action or {})
        except DeployError as error:  # a package that there is nowhere
            return [error.message]
        return ["live"] if tried["state"] == "live" else list(_found(tried))

    def _deploy_mended(
        self, fault: Fault, notebook: NotebookNode, action: dict[str, list[str]]
    ) -> dict[str, Any]:
        secrets: Sequence[str] = action.get("secrets", ())
        for name in secrets:
            self._client.set_secret(name, "given by the benchmark")
        captured = capture(
            self._write(fault, notebook, "mended"),
            patterns=(*fault.takes, *action.get("files", ())),
            environment=LOCKED,
            packages=action.get("packages", ()),
            secrets=secrets,
        )
        return deploy_and_try(self._client, captured, f"{_name(fault)}-mended", secrets)

    def _write(self, sample: Sample, notebook: NotebookNode, how: str) -> Path:
        return write(sample, notebook, self._folder / how / _name(sample))


def _name(sample: Sample) -> str:
    kind = sample.cause if isinstance(sample, Fault) else "clean"
    return re.sub(r"[^a-z0-9]+", "-", f"{kind}-{sample}".lower()).strip("-")


def _found(tried: dict[str, Any]) -> Found:
    found = [(item["cause"], item["cell"]) for item in tried["preflight"]["findings"]]
    if tried["state"] != "live" and not found:
        found.append(("rejected", tried["preflight"]["cell"]))
    return found
