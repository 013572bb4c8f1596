"""Tables: data frames, and lists or dictionaries that are like one."""

from __future__ import annotations

import html
import json
import math
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from typing import Any

from jupyter_deploy.sdk.display import check_name, show
from jupyter_deploy.sdk.files import described
from jupyter_deploy.sdk.run import run

#: Characters of JSON; a table that takes more is written beside the notebook.
INLINE = 500_000
#: Rows that a card shows.
SHOWN = 5
#: A frame of more values is not even tried as JSON.
MANY = 200_000
_KINDS = {"i": "integer", "u": "integer", "f": "number", "b": "boolean", "M": "datetime"}
_POLARS = (
    (("Int", "UInt"), "integer"),
    (("Float", "Decimal"), "number"),
    (("Bool",), "boolean"),
    (("Datetime",), "datetime"),
    (("Date",), "date"),
    (("Utf8", "String", "Cat", "Enum"), "string"),
)

Column = dict[str, str]


def table(name: str, data: Any) -> None:
    """Record a data frame of pandas or polars, a list of dictionaries or a dictionary of lists.

    Raises TypeError for anything else, ValueError for columns of different lengths.
    """
    frame = _with_index(data) if hasattr(data, "reset_index") else data
    columns, count = _columns(frame)
    content: dict[str, Any] = {"name": check_name(name), "columns": columns, "rows": count}
    rows = _rows(frame, columns, count if count * len(columns) <= MANY else SHOWN)
    if len(rows) == count and len(json.dumps(rows)) <= INLINE:
        content["data"] = rows
    elif run.is_production:
        content |= described(_write(content["name"], frame, columns, count))
    else:
        content["data"] = rows[:SHOWN]
    show("table", content, _card(columns, rows[:SHOWN], count), markup=True)


def _with_index(frame: Any) -> Any:
    """A frame whose index says more than the place has it as columns."""
    named = any(name is not None for name in frame.index.names)
    return frame.reset_index() if named or type(frame.index).__name__ != "RangeIndex" else frame


def _columns(data: Any) -> tuple[list[Column], int]:
    if hasattr(data, "columns") and hasattr(data, "dtypes"):
        names = [str(name) for name in data.columns]
        kinds = [_kind(dtype) for dtype in list(data.dtypes)]
        return [{"name": n, "type": k} for n, k in zip(names, kinds, strict=True)], len(data)
    if isinstance(data, Mapping):
        lengths = {len(values) for values in data.values()}
        if len(lengths) > 1:
            raise ValueError(f"The columns differ in length: {sorted(lengths)}.")
        return [_guessed(str(name), values) for name, values in data.items()], max(lengths or {0})
    if isinstance(data, Sequence) and all(isinstance(row, Mapping) for row in data):
        names = list(dict.fromkeys(key for row in data for key in row))
        return [_guessed(str(n), [row.get(n) for row in data]) for n in names], len(data)
    kind = type(data).__name__
    raise TypeError(
        f"A table is a data frame, a list of dictionaries or a dictionary of lists, not {kind}."
    )


def _kind(dtype: Any) -> str:
    if hasattr(dtype, "kind"):  # numpy's and pandas'
        if str(dtype) in ("str", "string"):
            return "string"
        return _KINDS.get(dtype.kind, "any")
    starts = ((begin, kind) for begins, kind in _POLARS for begin in begins)
    return next((kind for begin, kind in starts if str(dtype).startswith(begin)), "any")


def _guessed(name: str, values: Sequence[Any]) -> Column:
    kinds = {type(value) for value in values if value is not None}
    for kind, types in (
        ("boolean", {bool}),
        ("integer", {int}),
        ("number", {int, float}),
        ("string", {str}),
        ("datetime", {datetime}),
        ("date", {date}),
    ):
        if kinds and kinds <= types:
            return {"name": name, "type": kind}
    return {"name": name, "type": "any"}


def _rows(data: Any, columns: Sequence[Column], most: int) -> list[list[Any]]:
    names = [column["name"] for column in columns]
    if hasattr(data, "itertuples"):
        found = data.head(most).itertuples(index=False, name=None)
    elif hasattr(data, "rows") and hasattr(data, "head"):
        found = data.head(most).rows()
    elif isinstance(data, Mapping):
        found = list(zip(*data.values(), strict=True))[:most]
    else:
        keys = {str(key): key for row in data for key in row}
        found = [[row.get(keys[name]) for name in names] for row in data[:most]]
    return [[_value(value) for value in row] for row in found]


def _value(value: Any) -> Any:
    """As JSON has it; not a number is null, an infinite one its name."""
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if hasattr(value, "item") and not isinstance(value, (datetime, date)):
        with suppress(ValueError, TypeError):
            value = value.item()  # numpy's own kinds
    if isinstance(value, float):
        return None if math.isnan(value) else value if math.isfinite(value) else str(value)
    if isinstance(value, (bool, int, str)):
        return value
    if value != value:  # noqa: PLR0124, pandas' NaT
        return None
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _write(name: str, frame: Any, columns: Sequence[Column], count: int) -> Path:
    """A file in the notebook's folder: Parquet where the frame can be written so, else CSV."""
    stem = re.sub(r"[^\w.-]+", "-", name).strip(".-") or "table"
    place = Path(f"{stem}.parquet")
    write = getattr(frame, "to_parquet", None) or getattr(frame, "write_parquet", None)
    if write is not None:
        try:
            write(place)
            return place
        except (ImportError, ValueError, TypeError):  # no pyarrow, or values without a type there
            place.unlink(missing_ok=True)
    import csv

    place = place.with_suffix(".csv")
    with open(place, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow([column["name"] for column in columns])
        writer.writerows(_rows(frame, columns, count))
    return place


def _card(columns: Sequence[Column], rows: Sequence[Sequence[Any]], count: int) -> str:
    head = "".join(f"<th>{html.escape(column['name'])}</th>" for column in columns)
    body = "".join(
        f"<tr>{''.join(f'<td>{html.escape(_text(value))}</td>' for value in row)}</tr>"
        for row in rows
    )
    more = f"{count:,} rows" if count > len(rows) else ""
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{more}"


def _text(value: Any) -> str:
    text = "" if value is None else str(value)
    return text if len(text) <= 80 else text[:79] + "…"
