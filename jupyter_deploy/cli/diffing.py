"""The command that compares the results of two runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from jupyter_deploy.cli.common import Document, as_json, client, print_json
from jupyter_deploy.cli.render import duration, one_line, print_line, print_table, size
from jupyter_deploy.domain.names import check_name
from jupyter_deploy.errors import InvalidInput, NotFound

if TYPE_CHECKING:
    from jupyter_deploy.client.api import EngineClient

#: Rows and cells of a table, and lines of a text, that a terminal shows.
MOST = 10
_SIGNS = {"changed": "~", "added": "+", "removed": "-"}


@click.command()
@click.argument("first", metavar="RUN_OR_NAME")
@click.argument("second", metavar="[RUN]", required=False, type=click.IntRange(min=1))
@click.option("--ignore", multiple=True, metavar="REGEX", help="Text that means nothing.")
@click.option("--tolerance", multiple=True, metavar="NAME=N",
              help="By how much a metric or a table's column may change.")  # fmt: skip
@click.option("--show-hidden", is_flag=True, help="Show also what is only noise.")
@as_json
def diff(
    first: str,
    second: int | None,
    ignore: tuple[str, ...],
    tolerance: tuple[str, ...],
    show_hidden: bool,
    as_json: bool,
) -> None:
    """Show what changed in the results between two runs.

    With one run, or the name of a deployment, its newest run is compared with the last
    good one before it.

    Example: jupyter deploy diff 7 8 --tolerance auc=0.01
    """
    engine = client()
    runs = _runs(engine, first, second)
    options: dict[str, Any] = {"ignore": list(ignore), "tolerance": list(tolerance)}
    document = engine.diff(*runs, **options, hidden="true" if show_hidden else "false")
    if as_json:
        print_json(document)
    else:
        _show(document)


def _runs(engine: EngineClient, first: str, second: int | None) -> tuple[int, ...]:
    """The earlier run and the later one, or the one to compare with the last good one."""
    if second is not None and not first.isdecimal():
        raise InvalidInput(
            f"{first!r} is not a run, and only two runs can be compared.",
            field="first",
            hint="`jupyter deploy runs` shows their numbers.",
        )
    if second is not None:
        return int(first), second
    return (int(first) if first.isdecimal() else _newest(engine, check_name(first)),)


def _newest(engine: EngineClient, name: str) -> int:
    engine.deployment(name)  # a wrong name is an error
    for run in engine.runs(name, limit=100)["runs"]:
        if run["outputs"]:
            number: int = run["id"]
            return number
    raise NotFound(
        f"No run of {name!r} has results yet.", hint=f"`jupyter deploy run {name}` starts one."
    )


def _show(document: Document) -> None:
    print_line(("Run ", ""), (f"{document['a']}", "bold"), " → ", (f"{document['b']}", "bold"))
    print_line(document["summary"])
    for note in document["notes"]:
        print_line((f"Note: {note}", "yellow"))
    _show_metrics(document["metrics"])
    for table in document["tables"]:
        _show_table(table)
    for image in document["images"]:
        _show_image(image)
    for text in document["texts"]:
        _show_text(text)
    for error in document["errors"]:
        _show_error(error)
    _show_causes(document["causes"])
    _show_hidden(document["hidden"])


def _head(title: str) -> None:
    print_line(("\n" + title, "bold"))


def _cell(change: Document) -> str:
    place = change["cell_a"] if change["cell_b"] is None else change["cell_b"]
    return "parameters" if place is None else f"cell {place + 1}"


def _show_metrics(metrics: Sequence[Document]) -> None:
    if metrics:
        _head("Metrics")
        columns = ["Metric", ">Old", ">New", ">Change", ">Relative", "Where"]
        print_table(columns, [_metric_row(metric) for metric in metrics])


def _metric_row(metric: Document) -> list[str]:
    values = (metric["old"], metric["new"])
    return [
        one_line(metric["name"]),
        *(_value(value) for value in values),
        _signed(metric["change"]),
        _percent(metric["relative"]),
        _cell(metric),
    ]


def _value(value: Any) -> str:
    if value is None:
        return "–"
    return f"{value:.6g}" if isinstance(value, float) else one_line(str(value), 60)


def _signed(value: float | None) -> str:
    return "–" if value is None else f"{value:+.6g}"


def _percent(share: float | None) -> str:
    if share is None:
        return "–"
    percent = 100 * share
    return f"{percent:+,.0f} %" if abs(percent) >= 100 else f"{percent:+.3g} %"


def _show_table(table: Document) -> None:
    _head(f"{table['name'].capitalize()} of {_cell(table)}: {_rows(table)}")
    if table["kind"] != "changed":
        return
    for word in ("added", "removed"):
        for column in table[f"columns_{word}"]:
            print_line(f"  {_SIGNS[word]} column {one_line(column)}")
        for row in table[f"rows_{word}"][:MOST]:
            print_line(f"  {_SIGNS[word]} {one_line(' · '.join(row))}")
    cells = [
        [one_line(cell["row"], 40), one_line(cell["column"], 40), _value(cell["old"]),
         _value(cell["new"]), _signed(cell["change"]), _percent(cell["relative"])]
        for cell in table["cells"][:MOST]
    ]  # fmt: skip
    if cells:
        print_table(["Row", "Column", ">Old", ">New", ">Change", ">Relative"], cells)
    rest = table["counts"]["changed"] - len(cells)
    if rest:
        print_line(f"  and {rest} more cells; --json has {len(table['cells'])}")


def _rows(table: Document) -> str:
    if table["kind"] != "changed":
        side = table["old"] or table["new"]
        return f"{table['kind']}, {side['rows']} rows"
    counts = table["counts"]
    key = f" by {', '.join(table['key'])}" if table["key"] else ""
    return (
        f"{counts['changed']} cells changed, {counts['added']} rows added, "
        f"{counts['removed']} removed{key}"
    )


def _show_image(image: Document) -> None:
    alike = image.get("similarity")
    likeness = "" if alike is None else f", {100 * alike:.1f} % alike"
    _head(f"Plot of {_cell(image)}: {image['kind']}{likeness}")


def _show_text(text: Document) -> None:
    _head(f"Text of {_cell(text)} ({text['name']})")
    for sign, side in (("-", "old"), ("+", "new")):
        lines = str(text[side]).splitlines() if text[side] is not None else []
        for line in lines[:MOST]:
            print_line((f"  {sign} {one_line(line)}", "red" if sign == "-" else "green"))
        if len(lines) > MOST:
            print_line(f"  {sign} and {len(lines) - MOST} more lines")


def _show_error(error: Document) -> None:
    _head(f"Error in {_cell(error)}: {error['kind']}")
    for sign, side in (("-", "old"), ("+", "new")):
        if error[side]:
            print_line(f"  {sign} {one_line(error[side]['name'] + ': ' + error[side]['value'])}")


def _show_causes(causes: Document) -> None:
    if not any(causes.values()):
        return
    _head("What else differs")
    for title in ("parameters", "environment", "inputs"):
        for item in causes[title]:
            old, new = (_side(title, item[side]) for side in ("old", "new"))
            print_line(f"  {title}: {_SIGNS[item['kind']]} {item['name']}: {old} → {new}")
    for item in causes["code"]:
        print_line(f"  code of {_cell(item)} {item['kind']}")
        for line in item["diff"].splitlines()[:MOST]:
            print_line(f"    {one_line(line)}")
    for item in causes["durations"]:
        print_line(f"  {_cell(item)} took {duration(item['old'])} → {duration(item['new'])}")


def _side(title: str, value: Any) -> str:
    if value is None:
        return "–"
    return size(value["size"]) if title == "inputs" else one_line(str(value), 60)


def _show_hidden(hidden: Document) -> None:
    if not hidden["count"]:
        return
    kinds = ", ".join(hidden["kinds"])
    plural = "s" if hidden["count"] > 1 else ""
    print_line(f"\n{hidden['count']} difference{plural} hidden: {kinds}")
    for item in hidden["examples"][: 5 * MOST]:
        print_line(
            f"  {_cell(item)}, {item['kind']}: {one_line(item['old'])} → {one_line(item['new'])}"
        )


COMMANDS = {"diff": diff}
