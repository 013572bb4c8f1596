"""A ledger as text: what a run did, cell by cell."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.text import Text

from jupyter_deploy.cli.common import Document
from jupyter_deploy.cli.following import LOOK, OPEN, Bar
from jupyter_deploy.cli.render import duration

if TYPE_CHECKING:
    from jupyter_deploy.client.api import EngineClient


def entries(engine: EngineClient, run_id: int, after: int = 0) -> Iterator[Document]:
    """The entries after this one that there are now."""
    while True:
        page = engine.ledger(run_id, after)
        yield from page["entries"]
        after = page["next"]
        if page["complete"] or not page["entries"]:
            return


def follow(
    engine: EngineClient, run_id: int, show: Callable[[Document], None]
) -> Iterator[Document]:
    """Entries as they come, until the run has ended; `show` gets the run at every look."""
    attempt = after = 0
    while True:
        run = engine.run(run_id)  # before its entries: an ended run adds none
        show(run)
        if len(run["attempts"]) != attempt:  # each has a ledger of its own
            attempt, after = len(run["attempts"]), 0
        for entry in entries(engine, run_id, after):
            after = entry["seq"]
            yield entry
        if run["state"] not in OPEN:
            return
        time.sleep(LOOK)


class Printer:
    """Prints entries; stream text comes out as the notebook wrote it, without line ends added."""

    def __init__(self, write: Callable[[str], None]) -> None:
        self._write = write
        self._in_line = False

    def show(self, entry: Document) -> None:
        output = entry.get("output") or {}
        if output.get("output_type") == "stream":
            self._put(_joined(output["text"]))
            return
        text = _text(entry)
        if text:
            self.end_line()
            self._put(f"{text}\n")

    def end_line(self) -> None:
        if self._in_line:
            self._put("\n")

    def _put(self, text: str) -> None:
        if text:
            self._write(text)
            self._in_line = not text.endswith("\n")


def write_plainly(text: str) -> None:
    click.echo(text, nl=False)


@contextmanager
def live(run_id: int) -> Iterator[tuple[Printer, Callable[[Document], None]]]:
    """A printer, and what shows the run's progress below its text (on a terminal)."""
    if not sys.stdout.isatty():
        printer = Printer(write_plainly)
        yield printer, lambda _run: None
        printer.end_line()
        return
    console = Console(highlight=False, soft_wrap=True)
    lines = _WholeLines(console)
    with Bar(f"run {run_id}", console) as bar:
        printer = Printer(lines.write)
        yield printer, bar.show
        printer.end_line()


class _WholeLines:
    """Text above a live line: only whole lines can stand there."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._begun = ""

    def write(self, text: str) -> None:
        *whole, self._begun = (self._begun + text).split("\n")
        for line in whole:
            # Of a line that was drawn over, the last state stays.
            self._console.print(Text.from_ansi(line.rstrip("\r").rpartition("\r")[2]))


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


def _output(output: Document) -> str:
    if output["output_type"] == "error":
        return "\n".join(output["traceback"]) or f"{output['ename']}: {output['evalue']}"
    data = output.get("data", {})
    plain = data.get("text/plain")
    if plain is None:
        return f"<{', '.join(data)}>" if data else ""
    return _joined(plain).rstrip("\n")


def _joined(text: object) -> str:
    """nbformat allows a list of lines for a text."""
    if isinstance(text, str):
        return text
    return "".join(map(str, text)) if isinstance(text, list) else json.dumps(text)
