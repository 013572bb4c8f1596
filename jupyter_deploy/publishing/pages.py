"""Rows of a published table, as JSON, CSV, Parquet or Arrow, without ever holding all of it."""

from __future__ import annotations

import base64
import io
import math
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.dataset
import pyarrow.ipc
import pyarrow.parquet as pq

from jupyter_deploy.publishing.queries import Filter, Query
from jupyter_deploy.publishing.tables import GROUP


def read_rows(path: Path, query: Query, limit: int) -> tuple[list[list[Any]], bool]:
    """At most `limit` rows as JSON knows values, and whether there are more."""
    _schema, batches = _select(path, query, limit + 1)
    rows: list[list[Any]] = []
    for batch in batches:
        columns = [_json_values(column) for column in batch.columns]
        rows += (list(row) for row in zip(*columns, strict=True))
    return rows[:limit], len(rows) > limit


def encode(path: Path, query: Query, form: str) -> Iterator[bytes]:
    """The selection as csv, parquet or arrow, in pieces."""
    schema, batches = _select(path, query, query.limit)
    sink = _Sink()
    writer = _writer(form, sink, schema)
    with writer:
        yield sink.take()
        for batch in batches:
            writer.write(batch)
            yield sink.take()
    yield sink.take()


def _writer(form: str, sink: _Sink, schema: pa.Schema) -> Any:
    if form == "csv":
        return pyarrow.csv.CSVWriter(sink, schema)
    if form == "arrow":
        return pyarrow.ipc.new_stream(sink, schema)
    return pq.ParquetWriter(sink, schema)


class _Sink(io.RawIOBase):
    """Takes what a writer writes until somebody takes it away."""

    def __init__(self) -> None:
        super().__init__()
        self._parts: list[bytes] = []
        self._place = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        content = bytes(data)
        self._parts.append(content)
        self._place += len(content)
        return len(content)

    def tell(self) -> int:
        return self._place

    def take(self) -> bytes:
        content = b"".join(self._parts)
        self._parts.clear()
        return content


Selection = tuple[pa.Schema, Iterator[pa.RecordBatch]]


def _select(path: Path, query: Query, limit: int | None) -> Selection:
    names = [column.name for column in query.columns]
    if not query.filters:
        file = pq.ParquetFile(path)
        schema = pa.schema([file.schema_arrow.field(name) for name in names])
        return schema, _plain(file, names, query.offset, limit)
    data = pyarrow.dataset.dataset(path, format="parquet")
    schema = pa.schema([data.schema.field(name) for name in names])
    condition = _condition(query.filters, data.schema)
    scanner = data.scanner(columns=names, filter=condition, batch_size=GROUP, use_threads=False)
    return schema, _window(scanner.to_batches(), query.offset, limit)


def _plain(
    file: pq.ParquetFile, names: list[str], offset: int, limit: int | None
) -> Iterator[pa.RecordBatch]:
    """From the group on that holds the offset; those before it are not even read."""
    first = 0
    while first < file.num_row_groups and offset >= file.metadata.row_group(first).num_rows:
        offset -= file.metadata.row_group(first).num_rows
        first += 1
    groups = (
        file.read_row_group(number, columns=names).select(names)
        for number in range(first, file.num_row_groups)
    )
    batches = (batch for group in groups for batch in group.to_batches())
    return _window(batches, offset, limit)


def _window(
    batches: Iterator[pa.RecordBatch], offset: int, limit: int | None
) -> Iterator[pa.RecordBatch]:
    for batch in batches:
        if limit == 0:
            return
        if offset >= batch.num_rows:
            offset -= batch.num_rows
            continue
        part = batch.slice(offset, limit)
        offset = 0
        limit = None if limit is None else limit - part.num_rows
        yield part


def _condition(filters: tuple[Filter, ...], schema: pa.Schema) -> pc.Expression:
    found = pc.scalar(True)
    for item in filters:
        found = found & _one(item, schema.field(item.column).type)
    return found


def _one(item: Filter, kind: pa.DataType) -> pc.Expression:
    field = pc.field(item.column)
    if item.operator == "null":
        return field.is_null() if item.value else field.is_valid()
    if item.operator == "in":
        return field.isin([_scalar(value, kind).as_py() for value in item.value])
    value = _scalar(item.value, kind)
    return {
        "eq": lambda: field == value,
        "ne": lambda: field != value,
        "lt": lambda: field < value,
        "le": lambda: field <= value,
        "gt": lambda: field > value,
        "ge": lambda: field >= value,
    }[item.operator]()


def _scalar(value: Any, kind: pa.DataType) -> pa.Scalar:
    """Times without an offset are meant in UTC where the column has one."""
    if isinstance(value, datetime):
        aware = value if value.tzinfo else value.replace(tzinfo=timezone.utc)
        told = aware if kind.tz else aware.astimezone(timezone.utc).replace(tzinfo=None)
        return pa.scalar(told, pa.timestamp("us", kind.tz))
    return pa.scalar(value)


def _json_values(column: pa.Array) -> list[Any]:
    if pa.types.is_timestamp(column.type):
        column = column.cast(pa.timestamp("us", column.type.tz), safe=False)
    if pa.types.is_floating(column.type):
        column = pc.if_else(pc.is_finite(column), column, None)
    simple = pa.types.is_integer(column.type) or pa.types.is_floating(column.type)
    values: list[Any] = column.to_pylist()
    return values if simple else [_json_value(value) for value in values]


def _json_value(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {str(key): _json_value(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_json_value(item) for item in value]
    told = next((tell for kind, tell in _TOLD if isinstance(value, kind)), None)
    return told(value) if told else value


_TOLD: tuple[tuple[type, Callable[[Any], str]], ...] = (
    (bytes, lambda value: base64.b64encode(value).decode()),
    (date, lambda value: value.isoformat()),
    (time, lambda value: value.isoformat()),
    (Decimal, str),
    (timedelta, str),
)
