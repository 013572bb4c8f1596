"""What the author's kernel has now, beside what a version was made with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jupyter_deploy.domain.bundle import Kernel, Start
from jupyter_deploy.domain.environment import Environment
from jupyter_deploy.errors import InvalidInput
from jupyter_deploy.kernels.snapshot import snapshot_environment
from jupyter_deploy.kernels.specs import find_kernel, start_of
from jupyter_deploy.results.causes import environment

SAME, DIFFERS, UNKNOWN, GONE = "same", "differs", "not_recorded", "kernel_gone"


def drift(deployment: Mapping[str, Any], live: Environment | None) -> dict[str, Any]:
    """`Drift` of `openapi.yaml`; `live` is the snapshot of the live version."""
    name, recorded = deployment["kernel"]["name"], deployment["environment"]
    document = {
        "name": deployment["name"],
        "version": deployment["version"],
        "locked": recorded["locked"],
        "kernel": name,
        "differs": [],
        "kernelspec": [],
        "reason": None,
    }
    try:
        kernel, _ = find_kernel(name, None)
        start = start_of(kernel)
        now = snapshot_environment(kernel)
    except InvalidInput as error:
        return {**document, "state": GONE, "reason": error.message}
    document["kernelspec"] = _kernelspec(recorded["kernelspec"], start)
    document["differs"] = [
        {"package": item["name"], "live": item["old"], "kernel_now": item["new"]}
        for item in environment(live, now)
    ]
    if now is None or live is None:
        return {**document, "state": UNKNOWN, "reason": not_recorded(kernel)}
    differs = document["differs"] or document["kernelspec"]
    return {**document, "state": DIFFERS if differs else SAME}


def not_recorded(kernel: Kernel) -> str:
    """What is said of kernels that no Python starts."""
    return (
        f"The packages of the kernel {kernel.display_name!r} are neither recorded nor locked, "
        "only how it starts: runs use what is installed when they start."
    )


def _kernelspec(recorded: Mapping[str, Any] | None, now: Start) -> list[str]:
    """`argv`, and names of variables that only one of both sets."""
    if recorded is None:
        return []
    argv = [] if list(now.argv) == recorded["argv"] else ["argv"]
    return [*argv, *sorted(set(now.env) ^ set(recorded["variables"]))]
