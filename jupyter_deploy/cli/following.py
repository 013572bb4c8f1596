"""Watching a run until it ends."""

from __future__ import annotations

import sys
import time

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from jupyter_deploy.cli.render import Document
from jupyter_deploy.client.api import EngineClient

LOOK = 0.2
_OPEN = ("queued", "running")


def wait(engine: EngineClient, run: Document, *, quiet: bool) -> Document:
    """Wait for the end; a bar on a terminal, lines elsewhere. Ctrl-C leaves it running."""
    try:
        return _follow(engine, run, quiet)
    except KeyboardInterrupt:
        click.echo(
            f"\nRun {run['id']} goes on. Stop it with: jupyter deploy cancel {run['id']}",
            err=True,
        )
        raise


def _follow(engine: EngineClient, run: Document, quiet: bool) -> Document:
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[cells]}"),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        disable=quiet or not sys.stderr.isatty(),
        transient=True,
    )
    with bar:
        task = bar.add_task(f"run {run['id']}", total=None, cells="queued")
        while run["state"] in _OPEN:
            time.sleep(LOOK)
            run = engine.run(run["id"])
            progress = run["progress"]
            if progress:
                text = f"cell {progress['cell']} of {progress['cells']}"
                done = max(0, progress["cell"] - 1)
                bar.update(task, completed=done, total=progress["cells"], cells=text)
    return run
