"""What notebooks record of their own will: metrics, tables, files and texts, by name."""

from __future__ import annotations

from typing import Any

from jupyter_deploy.domain.metrics import Metric
from jupyter_deploy.results.cells import FILE, METRIC, TABLE, TEXT, Shown
from jupyter_deploy.results.changes import Place, Report
from jupyter_deploy.results.numbers import delta
from jupyter_deploy.results.rows import compare_tables, one_table
from jupyter_deploy.results.structures import differences
from jupyter_deploy.results.tables import MAX_ROWS, Table
from jupyter_deploy.results.texts import compare_texts, one_metric, one_text


def recorded_as(shown: Shown) -> str:
    """Media type and name: of two runs those of one name are compared."""
    return f"{shown.media_type} {shown.content.get('name')}"


def metric_in(shown: Shown) -> Metric | None:
    """None where it is another thing, or malformed."""
    if shown.media_type != METRIC:
        return None
    try:
        return Metric.from_json(shown.content)
    except (KeyError, TypeError, ValueError):
        return None


def compare_recorded(report: Report, place: Place, old: Shown | None, new: Shown | None) -> None:
    shown = new or old
    if shown is None:
        return
    name = str(shown.content.get("name"))
    if shown.media_type == METRIC:
        _metrics(report, place, old, new)
    elif shown.media_type == TABLE and all(_has_rows(one) for one in (old, new) if one):
        _tables(report, place, name, old, new)
    elif shown.media_type == TEXT:
        _texts(report, place, name, old, new)
    else:
        _descriptions(report, place, name, old, new)


def _metrics(report: Report, place: Place, old: Shown | None, new: Shown | None) -> None:
    a, b = (metric_in(one) if one else None for one in (old, new))
    if a and b:
        if not report.tolerances.equal(a.value, b.value, a.name):
            change = place.change("changed", name=a.name, **delta(a.value, b.value))
            report.metrics.append(change)
    elif (only := b or a) is not None:
        report.metrics.append(one_metric(place, only.name, only.value, added=a is None))


def _has_rows(shown: Shown) -> bool:
    rows = shown.content.get("data")
    return isinstance(rows, list) and all(isinstance(row, list) for row in rows)


def _tables(report: Report, place: Place, name: str, old: Shown | None, new: Shown | None) -> None:
    a, b = (_table(one.content) if one else None for one in (old, new))
    if a and b:
        compare_tables(report, place, name, a, b)
    elif (only := b or a) is not None:
        one_table(report, place, name, only, added=a is None)


def _table(content: dict[str, Any]) -> Table:
    columns = content.get("columns")
    named = [column for column in columns or () if isinstance(column, dict)]
    data = content["data"]
    rows = tuple(tuple("" if v is None else str(v) for v in row) for row in data[:MAX_ROWS])
    return Table(
        columns=tuple(str(column.get("name")) for column in named),
        labels=((),) * len(rows),
        rows=rows,
        whole=len(rows) == content.get("rows", len(rows)),
    )


def _texts(report: Report, place: Place, name: str, old: Shown | None, new: Shown | None) -> None:
    a, b = (str(one.content.get("text", "")) if one else None for one in (old, new))
    if a is not None and b is not None:
        compare_texts(report, place, name, a, b)
    elif (only := b if a is None else a) is not None:
        one_text(report, place, name, only, added=a is None)


def _descriptions(
    report: Report, place: Place, name: str, old: Shown | None, new: Shown | None
) -> None:
    """Files, and tables that lie in files: their size, columns and digest."""
    told: dict[str, Any] = {"name": name, "media_type": (new or old or _FILE).media_type}
    if old and new:
        found = differences(report, place, old.content, new.content)
        values = [{one["path"]: one[side] for one in found} for side in ("old", "new")]
        if found:
            report.texts.append(place.change("changed", old=values[0], new=values[1], **told))
    else:
        kind = "added" if new else "removed"
        contents = [one.content if one else None for one in (old, new)]
        report.texts.append(place.change(kind, old=contents[0], new=contents[1], **told))


_FILE = Shown("recorded", FILE, {}, 0)
