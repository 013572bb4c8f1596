"""Deploy a notebook with its preflight, and wait for what that comes to."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.home import until
from jupyter_deploy.capture.bundle import capture
from jupyter_deploy.capture.locks import LIVE
from jupyter_deploy.client.api import EngineClient

#: Seconds; a notebook that takes longer fails for that reason.
LONGEST = 120


def deploy_and_try(
    client: EngineClient,
    path: Path,
    name: str,
    patterns: Sequence[str] = (),
    limit: Path | None = None,
    environment: str = LIVE,
) -> dict[str, Any]:
    """The deployment as its new version has it, live or rejected.

    Raises DeployError for a notebook that is refused before it is tried.
    """
    document, _ = client.deploy(
        capture(path, patterns=patterns, limit=limit, environment=environment),
        name=name,
        parameters={},
        schedule=None,
        policies={"timeout": {"run": LONGEST}},
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
