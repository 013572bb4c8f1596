"""What the author's kernel has, beside what a version was made with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_deploy.cli.common import Document, print_json
from jupyter_deploy.cli.render import one_line, print_fields, print_line, print_table

if TYPE_CHECKING:
    from jupyter_deploy.client.api import EngineClient


def show_drift(engine: EngineClient, deployment: Document, *, as_json: bool) -> None:
    document = _drift(engine, deployment)
    if as_json:
        print_json(document)
        return
    version = document["version"]
    if document["reason"]:
        print_line(one_line(document["reason"], 2000))
    elif document["state"] == "same":
        print_line(f"The kernel has what version {version} was made with.")
    if document["differs"]:
        rows = [
            [one_line(item["package"]), item["live"] or "–", item["kernel_now"] or "–"]
            for item in document["differs"]
        ]
        print_table(["Package", f"Version {version}", "Kernel now"], rows)
    if document["kernelspec"]:
        names = one_line(", ".join(document["kernelspec"]), 2000)
        print_line(f"The kernelspec differs in: {names}.")
    if document["state"] != "not_recorded":
        print_line(_meaning(document))
    _print_recorded(deployment["environment"])


def _drift(engine: EngineClient, deployment: Document) -> Document:
    from jupyter_deploy.capture.drift import drift
    from jupyter_deploy.domain.environment import Environment

    digest = deployment["environment"]["digest"]
    live = Environment.from_json(engine.environment(digest)) if digest else None
    return drift(deployment, live)


def _meaning(document: Document) -> str:
    if document["locked"]:
        return "It is locked: its runs have the version's packages."
    return "It is live: its runs have what the kernel has when they start."


def _print_recorded(environment: Document) -> None:
    start = environment["kernelspec"]
    told = {
        "Starts with": one_line(" ".join(start["argv"]), 2000) if start else "",
        "Kernel sets": one_line(", ".join(start["variables"]), 2000) if start else "",
        "Reads": one_line(", ".join(environment["variables"]), 2000),
    }
    print_fields({name: value for name, value in told.items() if value})
