"""What a kernel sees of the runner's environment, and what it is told of its run."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from jupyter_deploy.domain.variables import is_passed
from jupyter_deploy.durable import write_whole
from jupyter_deploy.family import COOKIE
from jupyter_deploy.runner.task import Task
from jupyter_deploy.runner.upstreams import lay_out
from jupyter_deploy.sdk.run import VARIABLE


def tell(task: Task, folder: Path) -> Path:
    """The file that `jupyter_deploy.run` reads in the notebook. Raises OSError."""
    document = {
        "id": task.run_id,
        "deployment": task.deployment,
        "version": task.version,
        "due_at": task.due_at,
        "parameters": task.parameters,
        "upstreams": lay_out(task.upstreams, folder / "upstream"),
    }
    place = folder / "run.json"
    write_whole(place, json.dumps(document).encode())
    return place


def kernel_environment(
    task: Task, told: Path, environment: Mapping[str, str], secrets: Mapping[str, str]
) -> dict[str, str]:
    """Of `environment` what kernels get, the run's name and id, and its secrets."""
    kept = {name: value for name, value in environment.items() if is_passed(name, task.passed)}
    if COOKIE in environment:  # by which an attempt's processes are found
        kept[COOKIE] = environment[COOKIE]
    kept["JUPYTER_DEPLOY_RUN_ID"] = str(task.run_id)
    kept["JUPYTER_DEPLOY_NAME"] = task.deployment
    kept[VARIABLE] = str(told)
    return {**kept, **secrets}
