"""What a file of data holds: its columns, rows and gaps."""

from __future__ import annotations

import csv
import gzip
import json
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import IO, Any, cast

#: Bytes of one file that are read, and of one line.
LARGEST = 200 * 1000 * 1000
LONGEST = 16 * 1000 * 1000
#: Seconds for one file, and for all of one answer.
PATIENCE = 5.0
PATIENCE_FOR_ALL = 30.0
#: Lines between two looks at the clock.
LOOK = 1000
#: What stands for a missing value.
GAPS = frozenset(("", "NA", "N/A", "n/a", "NaN", "nan", "null", "NULL", "None"))
_DELIMITERS = (",", ";", "\t", "|")

Row = Sequence[str | None]


@dataclass(frozen=True)
class Profile:
    """`gaps` are shares of missing values by column; `cut` says how much was read if not all."""

    columns: tuple[str, ...]
    rows: int
    gaps: dict[str, float]
    cut: str | None = None


@dataclass(frozen=True)
class Found:
    """Where a value stands; `row` counts from 1 without the head."""

    column: str
    row: int


class Profiler:
    """Reads files of tables until its time is over."""

    def __init__(self, seconds: float = PATIENCE_FOR_ALL) -> None:
        self._ends = time.monotonic() + seconds
        self._known: dict[Path, Profile | None] = {}

    def profile(self, path: Path, name: str) -> Profile | None:
        """None for what is no table, cannot be read or comes too late."""
        if path not in self._known:
            self._known[path] = self._read(path, name)
        return self._known[path]

    def find(self, path: Path, name: str, value: str) -> Found | None:
        """The first place of this value."""
        reader = _reader(name)
        if reader is None:
            return None
        try:
            with _open(path) as file:
                columns, rows = reader(_Lines(file, self._seconds))
                for number, row in enumerate(rows, 1):
                    for column, content in zip(columns, row, strict=False):
                        if content == value:
                            return Found(column, number)
        except (OSError, EOFError, ValueError, csv.Error):
            return None
        return None

    @property
    def _seconds(self) -> float:
        return min(PATIENCE, self._ends - time.monotonic())

    def _read(self, path: Path, name: str) -> Profile | None:
        if self._seconds <= 0:
            return None
        if name.lower().endswith((".parquet", ".pq")):
            return _parquet(path)
        reader = _reader(name)
        try:
            return _counted(path, reader, self._seconds) if reader else None
        except (OSError, EOFError, ValueError, RecursionError, csv.Error):
            return None


class _Lines:
    """The lines of a file as far as size and time allow; `cut` says which they are."""

    def __init__(self, file: IO[bytes], seconds: float) -> None:
        self._file = file
        self._ends = time.monotonic() + seconds
        self.cut: str | None = None

    def __iter__(self) -> Iterator[str]:
        read = 0
        for number, line in enumerate(iter(lambda: self._file.readline(LONGEST), b"")):
            read += len(line)
            if read > LARGEST:
                self.cut = f"first {LARGEST // 1_000_000} MB only"
                return
            if number % LOOK == LOOK - 1 and time.monotonic() > self._ends:
                self.cut = f"first {number:,} lines only"
                return
            yield line.decode("utf-8-sig" if number == 0 else "utf-8", errors="replace")


_Table = tuple[list[str], Iterator[Row]]
_Reader = Callable[[_Lines], _Table]


def _reader(name: str) -> _Reader | None:
    plain = name.lower().removesuffix(".gz")
    if plain.endswith((".csv", ".tsv")):
        return _csv
    return _json_lines if plain.endswith((".jsonl", ".ndjson")) else None


def _open(path: Path) -> IO[bytes]:
    with open(path, "rb") as file:
        compressed = file.read(2) == b"\x1f\x8b"
    opened: Any = gzip.open(path) if compressed else open(path, "rb")  # noqa: SIM115
    return cast("IO[bytes]", opened)


def _counted(path: Path, reader: _Reader, seconds: float) -> Profile:
    present: Counter[int] = Counter()
    count = 0
    with _open(path) as file:
        lines = _Lines(file, seconds)
        columns, rows = reader(lines)
        for row in rows:
            count += 1
            present.update(
                place for place, value in enumerate(row) if value is not None and value not in GAPS
            )
    shares = {name: 1 - present[place] / count for place, name in enumerate(columns) if count}
    return Profile(tuple(columns), count, shares, lines.cut)


def _csv(lines: _Lines) -> _Table:
    csv.field_size_limit(LONGEST)
    source = iter(lines)
    head = next(source, "")
    delimiter = max(_DELIMITERS, key=head.count)
    columns = next(csv.reader([head], delimiter=delimiter), [])
    rows = csv.reader(source, delimiter=delimiter)
    return [column.strip() for column in columns], (row for row in rows if row)


def _json_lines(lines: _Lines) -> _Table:
    """Columns are those of the lines read so far: the list grows with the rows."""
    columns: list[str] = []

    def rows() -> Iterator[Row]:
        for line in lines:
            record = json.loads(line) if line.strip() else None
            if isinstance(record, dict):
                columns.extend(name for name in record if name not in columns)
                yield [_text(record.get(column)) for column in columns]

    return columns, rows()


def _text(value: Any) -> str | None:
    return value if value is None or isinstance(value, str) else json.dumps(value)


def _parquet(path: Path) -> Profile | None:
    """From the file's own statistics, when pyarrow is installed here."""
    try:
        parquet: Any = import_module("pyarrow.parquet")
        file = parquet.ParquetFile(path)
        metadata, schema = file.metadata, file.schema_arrow
        columns = tuple(name for name in schema.names if name != "__index_level_0__")
        return Profile(columns, metadata.num_rows, _parquet_gaps(metadata))
    except (ImportError, OSError, ValueError):
        return None


def _parquet_gaps(metadata: Any) -> dict[str, float]:
    missing: Counter[str] = Counter()
    for group in range(metadata.num_row_groups):
        for place in range(metadata.num_columns):
            column = metadata.row_group(group).column(place)
            if column.statistics is not None and column.statistics.has_null_count:
                missing[column.path_in_schema] += column.statistics.null_count
    return {name: count / max(metadata.num_rows, 1) for name, count in missing.items()}
