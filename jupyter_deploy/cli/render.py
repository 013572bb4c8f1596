"""Documents as text for people.

Texts of notebooks and users go through `Text`, never through rich's markup.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from jupyter_deploy.cli.common import Document
from jupyter_deploy.domain.durations import rounded

#: A pipe has no width: every row is one line there.
ENDLESS = 10_000
MAX_REASON = 200
#: What a terminal would obey instead of show: escape sequences and control characters.
_CONTROL = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|[\x00-\x08\x0b-\x1f\x7f-\x9f]")

_STATES = {
    "queued": ("○", "dim"),
    "running": ("▶", "blue"),
    "succeeded": ("✓", "green"),
    "failed": ("✗", "red"),
    "cancelled": ("■", "yellow"),
    "missed": ("–", "yellow"),
    "skipped": ("–", "dim"),
}


def state(run: Document) -> Text:
    """Icon and word."""
    icon, style = _STATES[run["state"]]
    word = run["state"]
    if run["verdict"] == "succeeded_with_warnings":
        icon, style, word = "!", "yellow", "succeeded, warning"
    return Text(f"{icon} {word}", style)


def moment(text: str | None) -> str:
    """A time in words when it is near, else the date."""
    if text is None:
        return "–"
    at = datetime.fromisoformat(text)
    seconds = (datetime.now(timezone.utc) - at).total_seconds()
    if abs(seconds) < 60:
        return "now"
    if abs(seconds) < 86400:
        amount = duration(abs(seconds) // 60 * 60)
        return f"{amount} ago" if seconds > 0 else f"in {amount}"
    return f"{at.astimezone():%a %d %b %Y %H:%M}"


def exact(text: str) -> str:
    """A due time on its schedule's own clock."""
    return f"{datetime.fromisoformat(text):%a %d %b %H:%M}"


def duration(seconds: float | None) -> str:
    return "–" if seconds is None else rounded(seconds)


def size(count: int) -> str:
    amount, unit = float(count), "B"
    for larger in ("kB", "MB", "GB"):
        if amount < 1000:
            break
        amount, unit = amount / 1000, larger
    return f"{amount:.0f} {unit}" if unit == "B" else f"{amount:.1f} {unit}"


def values(parameters: Document) -> str:
    return one_line(", ".join(f"{name}={value}" for name, value in parameters.items())) or "–"


def one_line(text: str, limit: int = MAX_REASON) -> str:
    """Without line ends and anything that a terminal would obey."""
    line = " ".join(plain(text).split())
    return line if len(line) <= limit else f"{line[: limit - 1]}…"


def plain(text: str) -> str:
    """Without anything that a terminal would obey."""
    return _CONTROL.sub("", text)


def print_table(columns: Sequence[str], rows: Sequence[Sequence[str | Text]]) -> None:
    """Numbers stand right in columns that begin with `>`."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for column in columns:
        if column.startswith(">"):
            table.add_column(column[1:], justify="right", overflow="fold")
        else:
            table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(cell if isinstance(cell, Text) else Text(cell) for cell in row))
    Console(width=None if sys.stdout.isatty() else ENDLESS).print(table)


def print_line(*parts: str | Text | tuple[str, str]) -> None:
    """Plain strings, texts, or pairs of string and style, one after another."""
    Console(highlight=False, soft_wrap=True).print(Text.assemble(*parts))


def print_fields(fields: Mapping[str, str | Text]) -> None:
    """Names in one column, values in the next."""
    for name, value in fields.items():
        print_line(f"  {name:<11} ", value)


def last_result(run: Document | None) -> Text:
    if run is None:
        return Text("never ran", "dim")
    return Text.assemble(state(run), " ", moment(run["ended_at"] or run["started_at"]))


def run_sentence(run: Document) -> Text:
    """How a run is, in a line."""
    parts: list[str | Text] = [state(run), f" run {run['id']} of {run['deployment']}"]
    if run["duration"] is not None:
        parts.append(f" after {duration(run['duration'])}")
    if run["cell"] is not None:
        parts.append(f" in cell {run['cell'] + 1}")
    if run["reason"]:
        parts.append(f": {one_line(run['reason'], 2000)}")
    return Text.assemble(*parts)
