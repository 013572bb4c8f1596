"""Deploy a notebook with its preflight, and wait for what that comes to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from benchmarks.home import until
from jupyter_deploy.capture.bundle import Captured
from jupyter_deploy.client.api import EngineClient

#: Seconds; a notebook that takes longer fails for that reason.
LONGEST = 120


def deploy_and_try(
    client: EngineClient,
    captured: Captured,
    name: str,
    secrets: Sequence[str] = (),
    parameters: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The deployment as its new version has it, live or rejected.

    Raises DeployError for a notebook that is refused before it is tried.
    """
    document, _ = client.deploy(
        captured,
        name=name,
        parameters=dict(parameters or {}),
        schedule=None,
        policies={"timeout": {"run": LONGEST}, "secrets": list(secrets)},
    )
    if (run := document["preflight"]["run"]) is not None:
        ended(client, run)
    return client.deployment(name, document["version"])


def ended(client: EngineClient, run: int) -> dict[str, Any]:
    """The run when it is over."""
    found: list[dict[str, Any]] = []

    def look() -> bool:
        found[:] = [client.run(run)]
        return found[0]["state"] not in ("queued", "running")

    until(look, seconds=3 * LONGEST, pause=0.02)
    return found[0]
