"""The metrics of a run: what it recorded, and the numbers that it displays anyway.

Names survive moved and inserted cells: they come from what is said, never from where. Within a
cell the last value of a name counts, as of a loss that is printed for each epoch. A name that
another cell has shown already gets ` (2)`. What is recorded goes before what is shown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from jupyter_deploy.domain.metrics import LONGEST_NAME, MOST, Executed, Metric
from jupyter_deploy.results.cells import Shown, expression_of, read_outputs
from jupyter_deploy.results.numbers import parse
from jupyter_deploy.results.recorded import metric_in
from jupyter_deploy.results.texts import metric_of, result_of

#: Numbers of a table that is read; a larger one is data.
SMALL = 30
#: Characters of HTML that can be a small table.
LONGEST_TABLE = 20_000


def metrics_of(cells: Iterable[Executed]) -> tuple[list[Metric], int]:
    """The first MOST of them, and how many there are more."""
    recorded: dict[str, Metric] = {}
    shown: dict[str, Metric] = {}
    seen: Counter[str] = Counter()
    for cell in cells:
        found = list(read_outputs(cell.outputs))
        for one in found:
            metric = metric_in(one)
            if metric:
                recorded[metric.name] = Metric(
                    metric.name, metric.value, metric.unit, "sdk", cell.index
                )
        for name, value in dict(_numbers(found, cell.source)).items():
            seen[name] += 1
            own = f"{name} ({seen[name]})" if seen[name] > 1 else name
            shown[own] = Metric(own[:LONGEST_NAME], value, None, "shown", cell.index)
    found_all = list({**shown, **recorded}.values())
    found_all.sort(key=lambda metric: metric.source != "sdk")
    return found_all[:MOST], max(0, len(found_all) - MOST)


def _numbers(shown: Iterable[Shown], source: str) -> Iterator[tuple[str, float]]:
    """Names and values; a later one of the same name replaces the earlier."""
    for one in shown:
        if one.kind == "text":
            yield from _in_text(one, source)
        elif one.kind == "table" and len(one.content) <= LONGEST_TABLE:
            yield from _in_tables(one.content)


def _in_text(shown: Shown, source: str) -> Iterator[tuple[str, float]]:
    if shown.media_type == "text/plain":
        value = result_of(shown.content)
        if value is not None:
            yield expression_of(source), value
            return
    for line in shown.content.splitlines():
        if (":" in line or "=" in line) and (found := metric_of(line)) is not None:
            yield found


def _in_tables(content: str) -> Iterator[tuple[str, float]]:
    from jupyter_deploy.results.tables import read_tables  # loads lxml, rarely needed

    for table in read_tables(content)[0]:
        if len(table.rows) * len(table.columns) > SMALL:
            continue
        for number, (label, row) in enumerate(zip(table.labels, table.rows, strict=True)):
            where = " / ".join(label) or str(number)
            for column, text in zip(table.columns, row, strict=False):
                if column and (value := parse(text)) is not None:
                    yield f"{column}[{where}]", value
