"""Whether the preflight names the faults of notebooks that were not written for it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from benchmarks.home import home
from benchmarks.trying import deploy_and_try
from jupyter_deploy.capture.bundle import capture
from jupyter_deploy.capture.locks import LOCKED
from jupyter_deploy.client.api import EngineClient
from jupyter_deploy.errors import DeployError
from tests.preflight.field import FIELD, Project

AT_ONCE = 2
#: Which refusal is the answer to which fault, by the field that it names.
REFUSED = {"kernelspec_missing": "kernel", "no_parameters_cell": "parameters"}


def field() -> dict[str, Any]:
    """Each is deployed to a real engine, in a locked environment."""
    faulty = [item for item in FIELD if item.kind != "clean"]
    clean = [item for item in FIELD if item.kind == "clean"]
    with home(preflight="full", max_running=AT_ONCE) as place:
        client = place.start()
        with ThreadPoolExecutor(AT_ONCE) as pool:
            answers = list(pool.map(lambda item: _deploy(client, item, place.folder), faulty))
            alarms = list(pool.map(lambda item: _deploy(client, item, place.folder), clean))
    told = [_told(item, answer) for item, answer in zip(faulty, answers, strict=True)]
    return {
        "faults": len(faulty),
        "named_with_cell": told.count("cell"),
        "refused_for_it": told.count("refused"),
        "missed": [str(item) for item, how in zip(faulty, told, strict=True) if how == "missed"],
        "clean": len(clean),
        "alarms": [f"{item}: {said}" for item, said in zip(clean, alarms, strict=True) if said],
    }


def _deploy(client: EngineClient, project: Project, folder: Path) -> list[Any]:
    """Causes and cells; what refused it instead, or `rejected` without any."""
    path = project.copy(folder)
    try:
        captured = capture(path, patterns=project.files, environment=LOCKED)
        tried = deploy_and_try(client, captured, project.name, parameters=project.parameters)
    except DeployError as error:
        return [f"refused: {error.field}"]
    found = [(item["cause"], item["cell"]) for item in tried["preflight"]["findings"]]
    return found or ([] if tried["state"] == "live" else ["rejected"])


def _told(project: Project, said: list[Any]) -> str:
    if any(isinstance(item, tuple) and project.is_named(*item) for item in said):
        return "cell"
    refusal = f"refused: {REFUSED.get(project.kind, '?')}"
    return "refused" if any(str(item).startswith(refusal) for item in said) else "missed"
