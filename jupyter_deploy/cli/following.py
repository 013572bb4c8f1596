"""Watching a run until it ends."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn

from jupyter_deploy.cli.common import Document, StoppedError, say
from jupyter_deploy.cli.render import duration
from jupyter_deploy.errors import Unavailable

if TYPE_CHECKING:
    from jupyter_deploy.client.api import EngineClient

#: Seconds between two looks: progress shows well within a second.
LOOK = 0.2
OPEN = ("queued", "running")


def wait(engine: EngineClient, run: Document, *, quiet: bool, label: str | None = None) -> Document:
    """Wait for the end; a bar on a terminal, lines elsewhere. Ctrl-C leaves it running."""
    with watching(run["id"]), _display(label or f"run {run['id']}", quiet) as show:
        show(run)
        while run["state"] in OPEN:
            time.sleep(LOOK)
            run = engine.run(run["id"])
            show(run)
    return run


@contextmanager
def watching(run_id: int) -> Iterator[None]:
    """Whatever ends the watching, the run goes on, and the user is told."""
    try:
        yield
    except KeyboardInterrupt:
        raise StoppedError(
            f"Run {run_id} goes on.",
            hint=f"jupyter deploy logs {run_id} --follow takes it up again, "
            f"jupyter deploy cancel {run_id} stops it.",
        ) from None
    except Unavailable as error:
        error.message = f"{error.message} Run {run_id} is not affected."
        raise


@contextmanager
def _display(label: str, quiet: bool) -> Iterator[Callable[[Document], None]]:
    if quiet:
        yield lambda _run: None
    elif not sys.stderr.isatty():
        yield _Lines(label).show
    else:
        with Bar(label, Console(stderr=True)) as bar:
            yield bar.show


class _Lines:
    """One line per cell, for logs of other programs."""

    def __init__(self, label: str) -> None:
        self._label = label
        self._last = ""

    def show(self, run: Document) -> None:
        text = progress_text(run["progress"]) if run["state"] in OPEN else ""
        if text and text != self._last:
            say(f"{self._label}: {text}")
        self._last = text


class Bar:
    """A live line at the bottom of the terminal: `cell 7 of 23 · 12 s`."""

    def __init__(self, label: str, console: Console) -> None:
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.fields[text]}"),
            console=console,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        self._task: TaskID = self._bar.add_task(label, total=None, text="queued")

    def __enter__(self) -> Bar:
        self._bar.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._bar.stop()

    def show(self, run: Document) -> None:
        """The cell under way does not count as done."""
        progress = run["progress"]
        text = f"{progress_text(progress) or run['state']} · {duration(_elapsed(run))}"
        if progress is None:
            self._bar.update(self._task, text=text)
        else:
            done = max(0, progress["cell"] - 1)
            self._bar.update(self._task, text=text, completed=done, total=progress["cells"])
        self._bar.refresh()  # text printed above it repeats what was drawn last


def _elapsed(run: Document) -> float:
    since = datetime.fromisoformat(run["started_at"] or run["created_at"])
    return max(0.0, (datetime.now(timezone.utc) - since).total_seconds())


def progress_text(progress: Document | None) -> str:
    if not progress:
        return ""
    if progress["cell"] == 0:
        return "starting the kernel"
    return f"cell {progress['cell']} of {progress['cells']}"
