"""Tables by key: rows added and removed, cells changed."""

from __future__ import annotations

from typing import Any

import pytest

from jupyter_deploy.results.tables import read_tables

from .notebooks import Document, between, shown, table

COLUMNS = ["name", "price"]


def change(old: str, new: str, **options: Any) -> Document:
    [found] = between(shown("text/html", old), shown("text/html", new), **options)["tables"]
    return found  # type: ignore[no-any-return]


def test_rows_are_found_by_a_column_that_names_them() -> None:
    old = table(COLUMNS, {"0": ["ada", 1.5], "1": ["bob", 2], "2": ["cleo", 3]})
    new = table(COLUMNS, {"0": ["bob", 2], "1": ["cleo", 4.5], "2": ["dan", 9]})
    found = change(old, new)
    assert found["key"] == ["name"]
    assert found["rows_removed"] == [["0", "ada", "1.5"]]
    assert found["rows_added"] == [["2", "dan", "9"]]
    [cell] = found["cells"]
    assert (cell["row"], cell["column"], cell["old"], cell["new"]) == ("cleo", "price", 3, 4.5)
    assert (cell["change"], cell["relative"]) == (1.5, 0.5)
    assert found["counts"] == {"added": 1, "removed": 1, "changed": 1}
    assert (found["old"], found["new"]) == ({"rows": 3, "columns": 2}, {"rows": 3, "columns": 2})


def test_an_index_that_names_rows_is_the_key() -> None:
    old, new = ({"eu": [1, a], "us": [1, b]} for a, b in ((2, 3), (2, 4)))
    found = change(table(["n", "sum"], old), table(["n", "sum"], dict(reversed(new.items()))))
    assert (found["key"], [cell["row"] for cell in found["cells"]]) == (["index"], ["us"])


def test_rows_without_a_name_go_by_their_place() -> None:
    old = table(["v"], {"0": [0.5], "1": [0.25], "2": [0.75]})
    new = table(["v"], {"0": [0.5], "1": [9.5], "2": [0.25], "3": [0.75]})
    found = change(old, new)
    assert found["key"] == []
    assert found["rows_added"] == [["1", "9.5"]]
    assert found["counts"] == {"added": 1, "removed": 0, "changed": 0}


def test_columns_that_come_and_go() -> None:
    found = change(table(["name", "a"], {"0": ["x", 1]}), table(["name", "b"], {"0": ["x", 1]}))
    assert (found["columns_added"], found["columns_removed"]) == (["b"], ["a"])
    assert found["cells"] == []


def test_rounding_and_tolerances_of_a_column() -> None:
    old, new = table(COLUMNS, {"0": ["a", 0.3]}), table(COLUMNS, {"0": ["a", 0.30000000000000004]})
    assert between(shown("text/html", old), shown("text/html", new))["same"] is True
    wide = table(COLUMNS, {"0": ["a", 0.5]})
    outputs = shown("text/html", old), shown("text/html", wide)
    assert between(*outputs, tolerances={"price": 0.3})["same"] is True
    assert between(*outputs, tolerances={"other": 0.3})["same"] is False


def test_only_so_many_cells_are_named_but_all_counted() -> None:
    old = table(COLUMNS, {str(n): [f"r{n}", n] for n in range(500)})
    new = table(COLUMNS, {str(n): [f"r{n}", n + 1] for n in range(500)})
    found = change(old, new)
    assert (len(found["cells"]), found["counts"]["changed"]) == (100, 500)


def test_markup_means_nothing() -> None:
    old = table(COLUMNS, {"0": ["a", 1]})
    new = old.replace("<table", '<table id="T_12345"').replace(".x {}", ".y {color: red}")
    assert between(shown("text/html", old), shown("text/html", new))["same"] is True


def test_a_table_that_comes_or_goes() -> None:
    one = table(COLUMNS, {"0": ["a", 1]})
    found = change(one, "<p>no rows</p>")
    assert (found["kind"], found["old"], found["new"]) == (
        "removed",
        {"rows": 1, "columns": 2},
        None,
    )
    assert change("<p>no rows</p>", one)["kind"] == "added"


def test_labels_and_columns_of_several_levels() -> None:
    fragment = (
        "<table><thead><tr><th></th><th></th><th colspan='2'>price</th></tr>"
        "<tr><th></th><th></th><th>min</th><th>max</th></tr></thead><tbody>"
        "<tr><th rowspan='2'>eu</th><th>a</th><td>1</td><td>2</td></tr>"
        "<tr><th>b</th><td>3</td><td>4</td></tr></tbody></table>"
    )
    [found], _text = read_tables(fragment)
    assert found.columns == ("price / min", "price / max")
    assert found.labels == (("eu", "a"), ("eu", "b"))
    assert found.rows == (("1", "2"), ("3", "4"))


def test_rows_that_pandas_left_out_are_said() -> None:
    gap = table(COLUMNS, {"0": ["a", 1], "...": ["...", "..."], "99": ["z", 9]})
    assert change(gap, gap.replace(">9<", ">8<"))["whole"] is False
    full = table(COLUMNS, {"0": ["a", 1]})
    assert change(full, full.replace(">1<", ">8<"))["whole"] is True


@pytest.mark.parametrize("fragment", ["", "<table>", "<table><tr></tr></table>", "\0<table>",
                                      "<table><tr><td colspan='99999999'>x</td></tr></table>",
                                      "<table><tr><td rowspan='-3' colspan='x'>y</td></tr></table>",
                                      "<b><table><td><table><td>in"])  # fmt: skip
def test_broken_tables_break_nothing(fragment: str) -> None:
    read_tables(fragment)
    between(shown("text/html", fragment), shown("text/html", table(COLUMNS, {"0": ["a", 1]})))


def test_text_around_a_table_counts() -> None:
    one = table(COLUMNS, {"0": ["a", 1]})
    found = between(shown("text/html", f"<p>Sales of May</p>{one}"),
                    shown("text/html", f"<p>Sales of June</p>{one}"))  # fmt: skip
    assert found["tables"] == []
    assert found["texts"][0]["new"] == "Sales of June"


def test_columns_of_the_same_name_are_both_compared() -> None:
    old, new = (table(["v", "v"], {"0": [1, last]}) for last in (2, 3))
    [cell] = change(old, new)["cells"]
    assert (cell["column"], cell["old"], cell["new"]) == ("v", 2, 3)


def test_cells_beyond_the_head_are_compared() -> None:
    old, new = (table(["v"], {"0": [1, last]}) for last in (2, 3))
    assert change(old, new)["counts"]["changed"] == 1
