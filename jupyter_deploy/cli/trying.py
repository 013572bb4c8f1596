"""Waiting for a version to be tried, and what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_deploy.cli.common import Document
from jupyter_deploy.cli.deployments import print_deployment
from jupyter_deploy.cli.following import wait
from jupyter_deploy.cli.render import duration, one_line, print_line, size

if TYPE_CHECKING:
    from jupyter_deploy.client.api import EngineClient

_HOW = {"full": "", "sample": " with its sample", "imports": ", only what it imports"}


def try_out(engine: EngineClient, document: Document, *, quiet: bool) -> Document:
    """The deployment as this version has it, once it has been tried."""
    if document["state"] != "candidate":
        return document
    version, preflight = document["version"], document["preflight"]
    label = f"trying version {version} of {document['name']}{_HOW[preflight['mode']]}"
    wait(engine, engine.run(preflight["run"]), quiet=quiet, label=label)
    return engine.deployment(document["name"], version)


def print_tried(document: Document, created: bool) -> None:
    """What is live now, or why it is not."""
    version = document["version"]
    if document["state"] == "live" and created:
        print_line(("✓", "green"), f" Version {version} is live.{_forecast(document)}")
    elif document["state"] == "live":
        print_line(f"Nothing has changed: version {version} is live already.")
    elif document["state"] == "superseded":
        print_line(("■", "yellow"), f" Version {version} was overtaken by a newer one.")
    else:
        print_line(("✗", "red"), f" Version {version} was rejected: {rejection(document)}")
    print_deployment(document)


def rejection(document: Document) -> str:
    preflight = document["preflight"]
    cell = preflight["cell"]
    where = "" if cell is None else f"cell {cell + 1}: "
    reason = one_line(preflight["reason"] or "nobody knows why.", 2000).rstrip(".")
    return f"{where}{reason}. Run {preflight['run']} shows it."


def _forecast(document: Document) -> str:
    """What a run takes, where one was measured as a whole."""
    preflight = document["preflight"]
    forecast = preflight["forecast"]
    if not forecast or preflight["mode"] != "full":
        return ""
    parts = [duration(forecast["duration"])] if forecast["duration"] is not None else []
    if forecast["memory"]:
        parts.append(f"{size(forecast['memory'])} of memory")
    return f" About {' and '.join(parts)} a run." if parts else ""
