"""The command that shows the metrics of a deployment over its runs."""

from __future__ import annotations

import math
from collections.abc import Sequence

import click

from jupyter_deploy.cli.common import Document, as_json, client, name, print_json
from jupyter_deploy.cli.render import one_line, print_line, print_table
from jupyter_deploy.errors import NotFound

_BARS = "▁▂▃▄▅▆▇█"
#: Values that a line of bars shows.
BARS = 20


@click.command("metrics")
@name
@click.option("--name", "-m", "names", multiple=True, help="Only this metric; any number of times.")
@click.option("--limit", type=click.IntRange(1, 1000), default=50, help="How many runs.")
@as_json
def metrics(name: str, names: tuple[str, ...], limit: int, as_json: bool) -> int:
    """Show the metrics of a deployment: the newest value, its change, and how it came there.

    Recorded ones (`jd.metric` in the notebook) stand first, then numbers that it displays.

    Example: jupyter deploy metrics churn -m auc
    """
    found = client().metrics(name, names, limit)
    missing = set(names) - {series["name"] for series in found["metrics"]}
    if missing:
        raise NotFound(
            f"There is no metric {min(missing)!r} in the newest runs of {name}.",
            field="name",
            hint=f"`jupyter deploy metrics {name}` shows the names.",
        )
    if as_json:
        print_json(found)
    elif not found["metrics"]:
        print_line(f"No run of {name} has shown a number yet.")
        print_line('Record one in the notebook: import jupyter_deploy as jd; jd.metric("auc", auc)')
    else:
        series = sorted(found["metrics"], key=lambda one: (one["source"] != "sdk", one["name"]))
        columns = ["Metric", ">Newest", ">Change", ">Run", "Runs"]
        print_table(columns, [_row(one) for one in series])
    return 0


def _row(series: Document) -> list[str]:
    values = [_number(one["value"]) for one in series["values"]]
    newest = series["values"][-1]
    unit = f" {one_line(series['unit'])}" if series["unit"] else ""
    return [
        one_line(series["name"], 60),
        f"{_short(values[-1])}{unit}",
        _change(values),
        str(newest["run"]),
        bars(values[-BARS:]),
    ]


def _number(value: float | str) -> float:
    return float(value)


def _short(value: float) -> str:
    if math.isfinite(value) and value.is_integer() and abs(value) < 1e15:
        return f"{value:,.0f}"
    return f"{value:.6g}"


def _change(values: Sequence[float]) -> str:
    """Against the run before."""
    if len(values) < 2:
        return "new"
    change = values[-1] - values[-2]
    if not math.isfinite(change):
        return "–"
    if change == 0:
        return "same"
    share = f" ({change / abs(values[-2]):+.1%})" if values[-2] else ""
    return f"{change:+.4g}{share}"


def bars(values: Sequence[float]) -> str:
    """One bar a value, from the smallest to the largest; what is no number is a dot."""
    finite = [value for value in values if math.isfinite(value)]
    low, high = min(finite, default=0.0), max(finite, default=0.0)
    return "".join(_bar(value, low, high) for value in values)


def _bar(value: float, low: float, high: float) -> str:
    if not math.isfinite(value):
        return "·"
    share = (value - low) / (high - low) if high > low else 0.5
    return _BARS[round(share * (len(_BARS) - 1))]


COMMANDS = {"metrics": metrics}
