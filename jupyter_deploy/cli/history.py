"""The command that shows how the runs of a deployment went, cell by cell."""

from __future__ import annotations

from collections.abc import Sequence

import click
from rich.text import Text

from jupyter_deploy.cli.common import Document, as_json, client, name, print_json
from jupyter_deploy.cli.metrics import bars
from jupyter_deploy.cli.render import duration, moment, one_line, print_line, print_table

#: Runs that a line shows.
SHOWN = 30
#: What is no bar, by status.
_MARKS = {"error": ("✗", "red"), "unfinished": ("✗", "red"), "skipped": ("–", "dim")}
_ENDS = {"succeeded": ("·", "green"), "failed": ("✗", "red")}


@click.command("history")
@name
@click.option("--limit", type=click.IntRange(1, 10_000), default=1000, help="How many runs.")
@as_json
def history(name: str, limit: int, as_json: bool) -> int:
    """Show since when a deployment fails, how long it takes, and each cell over its runs.

    Example: jupyter deploy history churn
    """
    found = client().history(name, limit)
    if as_json:
        print_json(found)
        return 0
    print_line(*_sentence(found))
    if found["runs"]["id"]:
        _show_runs(found["runs"])
    if found["matrix"]["cells"]:
        _show_cells(found["matrix"])
    return 0


def _sentence(found: Document) -> list[str | tuple[str, str]]:
    usual = f"a good run takes {duration(found['usual'])}" if found["usual"] is not None else ""
    failing = found["failing"]
    if not found["runs"]["id"]:
        return [f"{found['deployment']} never ran."]
    if failing is None:
        return [f"{usual[:1].upper()}{usual[1:]}." if usual else "No run has ended yet."]
    since, good = failing["since"], failing["last_good"]
    cell = "" if failing["cell"] is None else f" in cell {failing['cell'] + 1}"
    where, now = (cell, "") if since["cell"] == failing["cell"] else ("", f", now{cell}")
    count = "" if failing["runs"] == 1 else f", {failing['runs']} runs"
    last = f"run {good['run']} was the last good one" if good else "no run before it was good"
    more = f"; {usual}" if usual else ""
    return [
        (f"Fails{where} since run {since['run']}", "red"),
        f" ({moment(since['at'])}{count}){now if cell else ''}; {last}{more}.",
    ]


def _show_runs(runs: Document) -> None:
    """The newest to the right, as one reads."""
    states = runs["state"][:SHOWN][::-1]
    seconds = runs["seconds"][:SHOWN][::-1]
    print_line("Runs       ", *(_ENDS.get(state, ("–", "dim")) for state in states))
    print_line("Duration   ", _line(seconds, ["ok"] * len(seconds)))


def _show_cells(matrix: Document) -> None:
    rows: list[list[str | Text]] = [
        [
            str(row["cell"] + 1),
            one_line(row["title"], 40),
            duration(row["usual"]),
            _line(row["seconds"][:SHOWN][::-1], row["status"][:SHOWN][::-1]),
        ]
        for row in matrix["cells"]
    ]
    print_table([">Cell", "Title", ">Usually", "Runs, the newest last"], rows)


def _line(seconds: Sequence[float | None], status: Sequence[str | None]) -> Text:
    heights = bars([value if value is not None else float("nan") for value in seconds])
    parts = [_MARKS.get(end or "", (bar, "")) for bar, end in zip(heights, status, strict=True)]
    return Text.assemble(*parts)


COMMANDS = {"history": history}
