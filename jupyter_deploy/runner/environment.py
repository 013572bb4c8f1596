"""What a kernel sees of the runner's environment."""

from __future__ import annotations

from collections.abc import Mapping

from jupyter_deploy.family import COOKIE
from jupyter_deploy.runner.task import Task

#: Tokens and addresses of the servers around us: none of a notebook's business.
_SECRET_PREFIXES = ("JUPYTERHUB_", "JPY_", "JUPYTER_TOKEN", "JUPYTER_GATEWAY_")
#: The supervisor finds an attempt's processes by this one.
_OWN = "JUPYTER_DEPLOY_"


def kernel_environment(task: Task, environment: Mapping[str, str]) -> dict[str, str]:
    """`environment` without secrets of Jupyter's servers and ours, with the run's name and id."""
    kept = {name: value for name, value in environment.items() if not _is_secret(name)}
    kept["JUPYTER_DEPLOY_RUN_ID"] = str(task.run_id)
    kept["JUPYTER_DEPLOY_NAME"] = task.deployment
    return kept


def _is_secret(name: str) -> bool:
    return name.startswith(_SECRET_PREFIXES) or (name.startswith(_OWN) and name != COOKIE)
