"""Tables of runs become Parquet files, and rows come out of them again."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.feather
import pyarrow.ipc
import pyarrow.parquet as pq
import pytest

from jupyter_deploy.domain.publishing import Column
from jupyter_deploy.errors import InvalidInput
from jupyter_deploy.publishing import tables
from jupyter_deploy.publishing.material import File, ImpossibleError, Material
from jupyter_deploy.publishing.pages import encode, read_rows
from jupyter_deploy.publishing.queries import Query, read_filters

TABLE = "application/vnd.jupyter-deploy.table.v1+json"


def material(folder: Path, *shown: Any, where: str = "") -> Material:
    """A run that has shown these tables and left all files of the folder."""
    outputs = [{"output_type": "display_data", "data": {TABLE: one}} for one in shown]
    document = {"cells": [{"cell_type": "code", "outputs": outputs}]}
    (folder / "output.ipynb").write_text(json.dumps(document))
    files = {path.name: File(path, "application/x") for path in folder.iterdir()}
    named = {(f"{where}/{name}" if where else name): file for name, file in files.items()}
    return Material("sales", files["output.ipynb"], where, named, {}, folder)


def made(folder: Path, *shown: Any, name: str = "t", where: str = "") -> tuple[Path, Any]:
    path = folder.parent / "made.parquet"
    _rows, columns = tables.make_table(material(folder, *shown, where=where), name, path)
    return path, columns


def rows(path: Path, columns: Any, *filters: tuple[str, str], **query: Any) -> list[list[Any]]:
    limit = query.pop("limit", 100)
    wanted = Query(columns, read_filters(filters, columns), **query)
    return read_rows(path, wanted, limit)[0]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (place := tmp_path / "run").mkdir()
    return place


def write_csv(folder: Path, text: str) -> None:
    (folder / "t.csv").write_text(text, encoding="utf-8")


FRAME = pa.table({"n": [1, 2], "x": [0.5, float("nan")]})


def stream(table: pa.Table, path: Path) -> None:
    with pyarrow.ipc.new_stream(path, table.schema) as writer:
        writer.write_table(table)


@pytest.mark.parametrize(
    ("suffix", "write"),
    [
        (".parquet", pq.write_table),
        (".arrow", pyarrow.feather.write_feather),
        (".feather", stream),
        (".csv", lambda table, path: table.to_pandas().to_csv(path, index=False)),
        (".tsv", lambda table, path: table.to_pandas().to_csv(path, index=False, sep="\t")),
    ],
)
@pytest.mark.parametrize("where", ["", "notebooks"])
def test_files_of_every_kind(folder: Path, suffix: str, write: Any, where: str) -> None:
    write(FRAME, str(folder / f"t{suffix}"))
    path, columns = made(folder, where=where)
    assert columns == (Column("n", "integer"), Column("x", "number"))
    assert rows(path, columns) == [[1, 0.5], [2, None]]
    path, columns = made(folder, name=f"t{suffix}", where=where)
    assert len(rows(path, columns)) == 2


def test_the_last_table_that_was_shown_counts(folder: Path) -> None:
    first, last = (
        {"name": "t", "columns": [{"name": "a", "type": "integer"}], "data": [[n]]} for n in (1, 2)
    )
    path, columns = made(folder, first, {**first, "name": "other"}, last)
    assert rows(path, columns) == [[2]]


def test_a_shown_table_names_its_file(folder: Path) -> None:
    (folder / "written.csv").write_text("a\n7\n")
    path, columns = made(folder, {"name": "t", "file": "written.csv", "rows": 1, "columns": []})
    assert rows(path, columns) == [[7]]


def test_values_that_are_not_of_their_type_become_texts(folder: Path) -> None:
    kinds = ["integer", "number", "string", "boolean", "datetime", "date", "any", "nonsense"]
    columns = [{"name": kind, "type": kind} for kind in kinds]
    good = [2**62, "inf", "s", True, "2026-03-03T06:00:00+01:00", "2026-03-03", [1], 1]
    path, found = made(folder, {"name": "t", "columns": columns, "data": [good, [None] * 8]})
    assert [column.type for column in found] == [*kinds[:6], "string", "string"]
    assert rows(path, found) == [
        [2**62, None, "s", True, "2026-03-03T05:00:00+00:00", "2026-03-03", "[1]", "1"],
        [None] * 8,
    ]
    bad = [2**80, "many", 5, "yes", "later", "now", None, None]
    path, found = made(folder, {"name": "t", "columns": columns, "data": [bad]})
    assert {column.type for column in found} == {"string"}
    assert rows(path, found)[0][:4] == [str(2**80), "many", "5", "yes"]


@pytest.mark.parametrize(
    ("shown", "words"),
    [
        ({"columns": [{"name": "a"}], "data": [[1]], "rows": 9}, "1 of 9 rows were shown"),
        ({"columns": [{"name": "a"}], "data": [[1, 2]]}, "not a value for each column"),
        ({"columns": [{"name": "a"}], "data": {"a": 1}}, "without columns or data"),
        ({"columns": [{"name": "a"}, {"name": "a"}], "data": [[1, 2]]}, "Two columns are called"),
        ({"file": "missing.csv"}, "has shown no table"),
        ({"file": "../../etc/passwd"}, "has shown no table"),
        ({"file": 5}, "has shown no table"),
        ({"columns": [5], "data": [[1]]}, "without columns or data"),
    ],
)
def test_tables_that_are_none(folder: Path, shown: Any, words: str) -> None:
    with pytest.raises(ImpossibleError, match=words):
        made(folder, {"name": "t", **shown})


@pytest.mark.parametrize("text", ["", "a,b\n1\n", "a,a\n1,2\n"])
def test_broken_files_get_a_sentence(folder: Path, text: str) -> None:
    write_csv(folder, text)
    with pytest.raises(ImpossibleError):
        made(folder)


@pytest.mark.parametrize("suffix", [".parquet", ".arrow", ".csv"])
def test_truncated_files_get_a_sentence(folder: Path, suffix: str) -> None:
    (folder / f"t{suffix}").write_bytes(b"PAR1 \xff\xfe\x00" * 20)
    with pytest.raises(ImpossibleError):
        made(folder)


def test_a_type_that_shows_late_in_a_file(folder: Path) -> None:
    write_csv(folder, "a\n" + "1\n" * 1_000_000 + "late\n")
    path, columns = made(folder)
    assert columns == (Column("a", "string"),)
    assert rows(path, columns, offset=1_000_000) == [["late"]]


def test_an_index_without_a_name(folder: Path) -> None:
    pd.DataFrame({"a": [1]}).to_csv(folder / "t.csv")
    path, columns = made(folder)
    assert [column.name for column in columns] == ["index", "a"]
    assert rows(path, columns) == [[0, 1]]


def test_other_values_as_json_has_them(folder: Path) -> None:
    table = pa.table(
        {
            "bytes": [b"\x00\xff"],
            "list": [[1.5, float("nan")]],
            "map": [{"a": float("inf")}],
            "ns": pa.array([1_000_000_001], pa.timestamp("ns")),
            "category": pa.array(["x"]).dictionary_encode(),
            "decimal": pa.array(["1.50"]).cast(pa.decimal128(9, 2)),
            "nothing": pa.nulls(1),
        }
    )
    pq.write_table(table, folder / "t.parquet")
    path, columns = made(folder)
    assert rows(path, columns) == [
        ["AP8=", [1.5, None], {"a": None}, "1970-01-01T00:00:01", "x", "1.50", None]
    ]
    assert json.dumps(rows(path, columns), allow_nan=False)
    assert [column.type for column in columns] == [
        "any", "any", "any", "datetime", "string", "number", "any",
    ]  # fmt: skip


def test_groups_are_whole_however_batches_come(folder: Path) -> None:
    count = tables.GROUP * 2 + 5
    batches = [pa.table({"n": range(begin, min(begin + 7777, count))}) for begin in
               range(0, count, 7777)]  # fmt: skip
    with pq.ParquetWriter(folder / "t.parquet", batches[0].schema) as writer:
        for batch in batches:
            writer.write_table(batch)
    path, columns = made(folder)
    metadata = pq.ParquetFile(path).metadata
    sizes = [metadata.row_group(number).num_rows for number in range(metadata.num_row_groups)]
    assert sizes == [tables.GROUP, tables.GROUP, 5]
    for offset in (0, tables.GROUP - 1, tables.GROUP, 2 * tables.GROUP, count - 1):
        assert rows(path, columns, offset=offset, limit=2) == [
            [n] for n in range(offset, min(offset + 2, count))
        ]
    assert rows(path, columns, offset=count) == []


def test_what_is_encoded_is_what_was_asked_for(folder: Path) -> None:
    write_csv(folder, "n,kind\n" + "".join(f"{n},{n % 3}\n" for n in range(100_000)))
    path, columns = made(folder)
    query = Query(columns[:1], read_filters([("kind", "1")], columns), offset=5, limit=40_000)
    wanted = [n for n in range(100_000) if n % 3 == 1][5:]
    parts = {form: list(encode(path, query, form)) for form in ("csv", "arrow", "parquet")}
    lines = b"".join(parts["csv"]).decode().splitlines()
    assert lines == ['"n"', *map(str, wanted)]
    arrow = pa.ipc.open_stream(b"".join(parts["arrow"])).read_all()
    parquet = pq.read_table(io.BytesIO(b"".join(parts["parquet"])))
    assert arrow["n"].to_pylist() == parquet["n"].to_pylist() == wanted


def test_columns_with_names_like_operators(folder: Path) -> None:
    write_csv(folder, "a.gt,a,limit,ü\n1,2,3,4\n5,6,7,8\n")
    path, columns = made(folder)
    for filters, found in (
        ([("a.gt", "1")], [1]),
        ([("a.gt.gt", "1")], [5]),
        ([("a.ge", "6")], [5]),
        ([("limit.eq", "3")], [1]),
        ([("ü.lt", "8")], [1]),
    ):
        assert [row[0] for row in rows(path, columns, *filters)] == found
    with pytest.raises(InvalidInput, match="has no column 'b'"):
        read_filters([("b.gt", "1")], columns[:1])


def test_too_many_filters_are_refused() -> None:
    columns = (Column("a", "integer"),)
    with pytest.raises(InvalidInput):
        read_filters([("a", "1")] * 51, columns)
