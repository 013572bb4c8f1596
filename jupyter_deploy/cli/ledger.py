"""A ledger as text."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator

import click

from jupyter_deploy.cli.following import LOOK
from jupyter_deploy.cli.render import Document, duration
from jupyter_deploy.client.api import EngineClient


def follow(engine: EngineClient, run_id: int, *, until_end: bool) -> Iterator[Document]:
    """Entries as they come; without `until_end` those there are now."""
    after = 0
    while True:
        page = engine.ledger(run_id, after)
        yield from page["entries"]
        after = page["next"]
        if page["complete"] or (not until_end and not page["entries"]):
            return
        if not page["entries"]:
            time.sleep(LOOK)


def print_entries(entries: Iterable[Document]) -> None:
    for entry in entries:
        text = _text(entry)
        if text:
            click.echo(text, nl=not text.endswith("\n"))


def _text(entry: Document) -> str | None:
    kind = entry["kind"]
    if kind == "cell_started":
        cell = "parameters" if entry["cell"] is None else f"cell {entry['cell'] + 1}"
        return click.style(f"[{entry['number']}/{entry['cells']}] {cell}", dim=True)
    if kind == "output":
        return _output(entry["output"])
    if kind == "cell_finished" and entry["status"] == "error":
        return click.style(f"failed after {duration(entry['duration'])}", fg="red")
    if kind == "warning":
        return click.style(f"warning: {entry['message']}", fg="yellow")
    if kind == "kernel_started":
        return click.style(f"kernel {entry['kernel']} is ready", dim=True)
    return None


def _output(output: Document) -> str | None:
    kind = output["output_type"]
    if kind == "stream":
        return str(output["text"])
    if kind == "error":
        return (
            "\n".join(output["traceback"]) or f"{output['ename']}: {output['evalue']}"
        )
    data = output["data"]
    if "text/plain" in data:
        text = data["text/plain"]
        return text if isinstance(text, str) else "".join(text)
    return f"<{', '.join(data)}>"
