"""Whether a run ends as the preflight of its version has, on notebooks of other projects.

`NOTEBOOKS` names folders to search; without it they come from source distributions. Versions are
locked to the packages of the kernel `python3`, which `JUPYTER_PATH` may say.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from benchmarks.home import home
from benchmarks.trying import deploy_and_try, ended
from jupyter_deploy.capture.bundle import capture
from jupyter_deploy.capture.locks import LOCKED
from jupyter_deploy.client.api import EngineClient
from jupyter_deploy.errors import DeployError
from tests.real_notebooks.sdists import unpack

AT_ONCE = 2
LIVE = "live"


def verdicts() -> dict[str, Any]:
    """Of each notebook that can be deployed, the preflight's verdict and that of a run."""
    with home(preflight="full", max_running=AT_ONCE) as place:
        notebooks = _notebooks(place.folder)
        client = place.start()
        with ThreadPoolExecutor(AT_ONCE) as pool:
            said = list(pool.map(lambda at: _compare(client, *at), enumerate(notebooks)))
    compared = [item for item in said if item is not None]
    different = [item for item in compared if item["preflight"] != item["run"]]
    return {
        "notebooks": len(said),
        "refused": len(said) - len(compared),
        "live": sum(item["state"] == LIVE for item in compared),
        "rejected": sum(item["state"] != LIVE for item in compared),
        "equal": len(compared) - len(different),
        "different": different,
    }


def _notebooks(folder: Path) -> list[Path]:
    named = os.environ.get("NOTEBOOKS")
    places = [Path(item) for item in named.split(os.pathsep)] if named else [unpack(folder)]
    found = [path for place in places for path in place.rglob("*.ipynb")]
    return sorted(path for path in found if ".ipynb_checkpoints" not in path.parts)


def _compare(client: EngineClient, number: int, path: Path) -> dict[str, Any] | None:
    """None for a notebook that is refused before it is tried."""
    try:
        files = _asked_for(path)
        captured = capture(path, patterns=files, limit=path.parent, environment=LOCKED)
        tried = deploy_and_try(client, captured, f"n{number}")
    except DeployError:
        return None
    run = ended(client, client.start_run(f"n{number}", {}, version=tried["version"])["id"])
    return {
        "notebook": path.name,
        "state": tried["state"],
        "preflight": _end(client.run(tried["preflight"]["run"])),
        "run": _end(run),
    }


def _asked_for(path: Path) -> list[str]:
    """The files that the dialog offers to take along."""
    looked = capture(path, limit=path.parent, look_only=True)
    actions = [finding.action or {} for finding in looked.bundle.findings]
    return [pattern for action in actions for pattern in action.get("files", [])]


def _end(run: dict[str, Any]) -> str:
    """How it ended, and where."""
    return f"{run['verdict'] or run['state']}, cell {run['cell']}"
