"""Metrics: recorded, or read from what notebooks display anyway."""

from __future__ import annotations

import math
from typing import Any

import pytest

from jupyter_deploy.domain.metrics import MOST, Executed, Metric
from jupyter_deploy.results.cells import FILE, METRIC, TABLE, TEXT
from jupyter_deploy.results.metrics import metrics_of

from .notebooks import Document, between, cell, difference, printed, results, shown, table


def found(*cells: tuple[str, Document]) -> dict[str, float]:
    executed = [Executed(n, source, [output]) for n, (source, output) in enumerate(cells)]
    return {metric.name: metric.value for metric in metrics_of(executed)[0]}


def recorded(name: Any, value: Any, **others: Any) -> Document:
    content = {"name": name, "value": value, **others}
    return shown(METRIC, content, **{"text/plain": f"metric {name} {value}"})


def test_what_is_recorded_has_cell_unit_and_source() -> None:
    [metric] = metrics_of([Executed(4, "", [recorded("auc", 0.5, unit="%")])])[0]
    assert metric == Metric("auc", 0.5, "%", "sdk", 4)


@pytest.mark.parametrize(
    ("output", "name", "value"),
    [
        (printed("accuracy: 0.93\n"), "accuracy", 0.93),
        (printed("loading\nrows = 1,204\n"), "rows", 1204),
        (printed("mean loss  : 4 %\n", "stderr"), "mean loss", 4),
        (shown("text/plain", "0.5"), "model.score(X, y)", 0.5),
        (shown("text/plain", "np.float64(0.5)"), "model.score(X, y)", 0.5),
    ],
)
def test_numbers_that_are_displayed(output: Document, name: str, value: float) -> None:
    assert found(("fit()\nmodel.score(X, y)", output)) == {name: value}


@pytest.mark.parametrize("text", ["done", "at 06:00:00", "a: b", "x: 1, y: 2", "object at 0x7f"])
def test_other_texts_are_no_metrics(text: str) -> None:
    assert found(("f()", printed(text))) == {}


def test_a_small_table_is_metrics_and_a_large_one_is_data() -> None:
    small = table(["mean", "what"], {"eu": [1.5, "a"], "us": [2, "b"]})
    assert found(("df", shown("text/html", small))) == {"mean[eu]": 1.5, "mean[us]": 2}
    large = table(["n"], {str(n): [n] for n in range(31)})
    assert found(("df", shown("text/html", large))) == {}


def test_within_a_cell_the_last_value_counts() -> None:
    epochs = "".join(f"loss: {1 / n}\n" for n in range(1, 5))
    assert found(("train()", printed(epochs))) == {"loss": 0.25}


def test_names_survive_moved_cells_and_tell_cells_apart() -> None:
    first, second = ("a", printed("rows: 1\n")), ("b", printed("rows: 2\n"))
    assert found(first, second) == {"rows": 1, "rows (2)": 2}
    assert found(("x = 1", printed("hello\n")), first, second) == {"rows": 1, "rows (2)": 2}


def test_what_is_recorded_goes_before_what_is_shown() -> None:
    assert found(("a", printed("auc: 0.1\n")), ("b", recorded("auc", 0.9))) == {"auc": 0.9}


@pytest.mark.parametrize(("told", "value"), [("inf", math.inf), ("-inf", -math.inf)])
def test_endless_numbers(told: str, value: float) -> None:
    assert found(("a", recorded("x", told))) == {"x": value}
    assert math.isnan(found(("a", recorded("x", "nan")))["x"])


@pytest.mark.parametrize(
    "content",
    [
        {"value": 1}, {"name": "x"}, {"name": 3, "value": 1}, {"name": "", "value": 1},
        {"name": "x", "value": "1"}, {"name": "x", "value": True}, {"name": "x", "value": None},
        {"name": "x", "value": 10**400}, {"name": "x", "value": [1]}, [], "text",
    ],
)  # fmt: skip
def test_what_is_malformed_is_none(content: Any) -> None:
    assert found(("a", shown(METRIC, content))) == {}


@pytest.mark.parametrize("cell", [10**30, -1, True, "3", [3]])
def test_a_place_that_is_none_is_left_out(cell: Any) -> None:
    content = {"name": "auc", "value": 1, "cell": cell}
    assert Metric.from_json(content) == Metric("auc", 1)


def test_so_many_are_kept_and_the_recorded_ones_first() -> None:
    lines = "".join(f"m{n}: {n}\n" for n in range(600))
    cells = [Executed(0, "f()", [printed(lines)]), Executed(1, "g()", [recorded("auc", 1)])]
    kept, more = metrics_of(cells)
    assert (len(kept), more, kept[0].name) == (MOST, 101, "auc")


def test_recorded_metrics_are_compared_by_name() -> None:
    old = results(cell("x", recorded("auc", 0.9), recorded("n", 1)))
    new = results(cell("x", recorded("n", 1), recorded("auc", 0.8), recorded("new", 3)))
    metrics = {change["name"]: change for change in difference(old, new)["metrics"]}
    assert metrics.keys() == {"auc", "new"}
    assert metrics["auc"]["change"] == pytest.approx(-0.1)
    assert metrics["new"]["kind"] == "added"


def test_recorded_tables_are_compared_by_row() -> None:
    columns = [{"name": "k", "type": "string"}, {"name": "v", "type": "number"}]

    def scores(*rows: list[Any]) -> Document:
        return shown(TABLE, {"name": "scores", "columns": columns, "rows": 2, "data": list(rows)})

    assert between(scores(["a", 1], ["b", 2]), scores(["a", 1], ["b", 2]))["same"]
    [change] = between(scores(["a", 1], ["b", 2]), scores(["a", 1], ["b", 3]))["tables"]
    assert change["name"] == "scores"
    assert [cell["column"] for cell in change["cells"]] == ["v"]


def test_recorded_texts_and_files_are_compared_by_name() -> None:
    def said(text: str) -> Document:
        return shown(TEXT, {"name": "note", "text": text})

    def model(digest: str) -> Document:
        return shown(FILE, {"name": "model", "file": "m.pkl", "size": 3, "digest": digest})

    assert between(said("a"), said("a"))["same"]
    [text] = between(said("good"), said("bad"))["texts"]
    assert (text["name"], text["old"], text["new"]) == ("note", "good", "bad")
    [file] = between(model("sha256:1"), model("sha256:2"))["texts"]
    assert file["new"] == {"/digest": "sha256:2"}


@pytest.mark.parametrize("media_type", [METRIC, TABLE, FILE, TEXT])
@pytest.mark.parametrize("content", [{}, {"name": []}, {"name": "x", "data": 3}, {"data": [[[]]]}])
def test_anything_may_be_recorded(media_type: str, content: Document) -> None:
    between(shown(media_type, content), shown(media_type, {"name": "y", "data": [["a"]]}))
    between(shown(media_type, content), printed("text"))
