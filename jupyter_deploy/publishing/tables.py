"""A table that a run shows or has written, as a Parquet file that a page is read from quickly."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeGuard

import pyarrow as pa
import pyarrow.csv
import pyarrow.feather
import pyarrow.ipc
import pyarrow.parquet as pq

from jupyter_deploy.domain.publishing import Column
from jupyter_deploy.publishing.material import File, ImpossibleError, Material

#: Rows that are read to show a page of them.
GROUP = 65_536
_NUMBERS = {"nan": float("nan"), "inf": float("inf"), "-inf": float("-inf")}
_SUFFIXES = (".parquet", ".csv", ".tsv", ".arrow", ".feather")


def make_table(material: Material, source: str, path: Path) -> tuple[int, tuple[Column, ...]]:
    """Write it; how many rows and which columns it has. Raises ImpossibleError."""
    try:
        schema, batches = _find(material, source)
        return _write(schema, batches, path), columns_of(schema)
    except pa.ArrowMemoryError:
        raise MemoryError from None
    except (pa.ArrowException, OSError, ValueError) as error:
        first = (str(error).splitlines() or [repr(error)])[0].rstrip(".")
        raise ImpossibleError(f"The table {source!r} cannot be read: {first:.300}.") from error


def columns_of(schema: pa.Schema) -> tuple[Column, ...]:
    return tuple(Column(field.name, _type_name(field.type)) for field in schema)


def _type_name(kind: pa.DataType) -> str:
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    known: Sequence[tuple[Callable[[pa.DataType], bool], str]] = (
        (pa.types.is_boolean, "boolean"),
        (pa.types.is_integer, "integer"),
        (pa.types.is_floating, "number"),
        (pa.types.is_decimal, "number"),
        (pa.types.is_timestamp, "datetime"),
        (pa.types.is_date, "date"),
        (_is_text, "string"),
    )
    return next((name for matches, name in known if matches(kind)), "any")


def _is_text(kind: pa.DataType) -> bool:
    return bool(
        pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)
    )


Table = tuple[pa.Schema, Iterable[pa.RecordBatch]]


def _find(material: Material, source: str) -> Table:
    shown = material.displayed("table", source)
    if shown is not None and "file" not in shown:
        table = _inline(source, shown)
        return table.schema, table.to_batches(GROUP)
    wanted = [shown["file"]] if shown else [source, *(source + suffix for suffix in _SUFFIXES)]
    for name in wanted:
        if (found := material.file(name)) is not None:
            return _read(*found)
    raise ImpossibleError(
        f"The run has shown no table {source!r} and written no file {source}.csv or .parquet."
    )


def _read(name: str, file: File) -> Table:
    file.open().close()  # a plain file
    suffix, path = Path(name).suffix.lower(), str(file.path)
    if suffix == ".parquet":
        found = pq.ParquetFile(path)
        return found.schema_arrow, found.iter_batches(GROUP)
    if suffix in (".csv", ".tsv", ".txt"):
        options = pyarrow.csv.ParseOptions(
            delimiter="\t" if suffix == ".tsv" else ",", newlines_in_values=True
        )
        table = pyarrow.csv.read_csv(path, parse_options=options)
        return _named(table.schema), table.to_batches(GROUP)
    if suffix in (".arrow", ".feather", ".ipc"):
        table = _arrow(path)
        return table.schema, table.to_batches(GROUP)
    raise ImpossibleError(f"{name!r} is not a CSV, Parquet or Arrow file.")


def _named(schema: pa.Schema) -> pa.Schema:
    """An index that was written without a name gets one."""
    if schema.names[:1] == [""] and "index" not in schema.names:
        return schema.set(0, schema.field(0).with_name("index"))
    return schema


def _arrow(path: str) -> pa.Table:
    try:
        return pyarrow.feather.read_table(path)
    except pa.ArrowInvalid:
        with pa.OSFile(path) as file:
            return pyarrow.ipc.open_stream(file).read_all()


def _write(schema: pa.Schema, batches: Iterable[pa.RecordBatch], path: Path) -> int:
    twice = {name for name in schema.names if schema.names.count(name) > 1}
    if twice:
        raise ImpossibleError(f"Two columns are called {min(twice)!r}.")
    schema = schema.remove_metadata()
    rows = 0
    with pq.ParquetWriter(path, schema, compression="snappy") as writer:
        for group in _groups(schema, batches):
            rows += group.num_rows
            writer.write_table(group, row_group_size=GROUP)
    return rows


def _groups(schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.Table]:
    """Whole groups of rows, however the batches come."""
    held: list[pa.RecordBatch] = []
    rows = 0
    for batch in batches:
        held.append(pa.RecordBatch.from_arrays(batch.columns, schema=schema))
        rows += batch.num_rows
        if rows >= GROUP:
            table = pa.Table.from_batches(held, schema)
            whole = rows // GROUP * GROUP
            yield table.slice(0, whole)
            held, rows = table.slice(whole).to_batches(), rows - whole
    if rows:
        yield pa.Table.from_batches(held, schema)


def _inline(name: str, shown: Mapping[str, Any]) -> pa.Table:
    columns, data, rows = shown.get("columns"), shown.get("data"), shown.get("rows")
    if not isinstance(data, list) or not _are_columns(columns):
        raise ImpossibleError(f"The table {name!r} was shown without columns or data.")
    if isinstance(rows, int) and rows != len(data):
        raise ImpossibleError(
            f"Of the table {name!r} {len(data)} of {rows} rows were shown: write it to a file."
        )
    names = [str(column["name"]) for column in columns]
    if any(not isinstance(row, list) or len(row) != len(names) for row in data):
        raise ImpossibleError(f"A row of the table {name!r} has not a value for each column.")
    arrays = [
        _array([row[place] for row in data], column.get("type"))
        for place, column in enumerate(columns)
    ]
    return pa.table(arrays, names=names)


def _are_columns(told: object) -> TypeGuard[list[dict[str, Any]]]:
    return isinstance(told, list) and all(isinstance(one, dict) and "name" in one for one in told)


def _array(values: list[Any], kind: object) -> pa.Array:
    """Values of the type that was declared; as texts where they are not."""
    try:
        return _typed(values, kind)
    except (pa.ArrowException, TypeError, ValueError, OverflowError):
        return pa.array([_text(value) for value in values], pa.string())


def _typed(values: list[Any], kind: object) -> pa.Array:
    if kind == "number":
        told = [_NUMBERS.get(v, v) if isinstance(v, str) else v for v in values]
        return pa.array(told, pa.float64())
    if kind == "datetime":
        return _moments(pa.array(values, pa.string()))
    if kind == "date":
        return pa.array(values, pa.string()).cast(pa.date32())
    types = {"integer": pa.int64(), "boolean": pa.bool_(), "string": pa.string()}
    if kind in types:
        return pa.array(values, types[str(kind)])
    raise TypeError


def _moments(texts: pa.Array) -> pa.Array:
    """Local times, or times with an offset, which are kept in UTC."""
    try:
        return texts.cast(pa.timestamp("us"))
    except pa.ArrowInvalid:
        return texts.cast(pa.timestamp("us", "UTC"))


def _text(value: Any) -> str | None:
    return value if value is None or isinstance(value, str) else json.dumps(value)
