"""Documents as text for people."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timezone
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

Document = dict[str, Any]

_STATES = {
    "queued": ("○", "dim"),
    "running": ("▶", "blue"),
    "succeeded": ("✓", "green"),
    "failed": ("✗", "red"),
    "cancelled": ("■", "yellow"),
    "missed": ("–", "yellow"),
    "skipped": ("–", "dim"),
}


def state(run: Document) -> str:
    """Icon and word."""
    icon, style = _STATES[run["state"]]
    word = run["state"]
    if run["verdict"] == "succeeded_with_warnings":
        icon, style, word = "!", "yellow", "succeeded, warning"
    return f"[{style}]{icon} {word}[/{style}]"


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
    return f"{at.astimezone():%a %d %b %H:%M}"


def exact(text: str) -> str:
    return f"{datetime.fromisoformat(text):%a %d %b %Y %H:%M %Z}".rstrip()


def duration(seconds: float | None) -> str:
    if seconds is None:
        return "–"
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 60:
        return f"{seconds:.0f} s"
    if seconds < 3600:
        return f"{seconds // 60:.0f} min {seconds % 60:.0f} s".removesuffix(" 0 s")
    return f"{seconds // 3600:.0f} h {seconds % 3600 // 60:.0f} min".removesuffix(
        " 0 min"
    )


def size(count: int) -> str:
    amount, unit = float(count), "B"
    for larger in ("kB", "MB", "GB"):
        if amount < 1000:
            break
        amount, unit = amount / 1000, larger
    return f"{amount:.0f} {unit}" if unit == "B" else f"{amount:.1f} {unit}"


def values(parameters: Document) -> str:
    return ", ".join(f"{name}={value}" for name, value in parameters.items()) or "–"


def print_table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Cells are rich markup; numbers stand right in columns that begin with `>`."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        justify = "right" if column.startswith(">") else "left"
        table.add_column(column.lstrip(">"), justify=justify, overflow="fold")  # type: ignore[arg-type]
    for row in rows:
        table.add_row(*row)
    Console().print(table)


def print_line(markup: str) -> None:
    Console(highlight=False, soft_wrap=True).print(markup)


def last_result(run: Document | None) -> str:
    if run is None:
        return "[dim]never ran[/dim]"
    return f"{state(run)} {moment(run['ended_at'] or run['started_at'])}"


def run_sentence(run: Document) -> str:
    """How a run is, in a line."""
    took = f" in {duration(run['duration'])}" if run["duration"] is not None else ""
    cell = f" in cell {run['cell'] + 1}" if run["cell"] is not None else ""
    reason = f": {escape(run['reason'])}" if run["reason"] else ""
    if run["state"] == "succeeded":
        return f"{state(run)} run {run['id']} of {run['deployment']}{took}{reason}"
    return f"{state(run)} run {run['id']} of {run['deployment']}{cell}{reason}"
