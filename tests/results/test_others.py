"""Images, plots, JSON, errors; which cell is which; what may have caused it."""

from __future__ import annotations

from typing import Any

import pytest

from jupyter_deploy.domain.environment import Environment, Package
from jupyter_deploy.results import causes
from jupyter_deploy.results.cells import read_results
from jupyter_deploy.results.summary import summarize

from .notebooks import (
    Document,
    between,
    cell,
    difference,
    error,
    picture,
    printed,
    results,
    shown,
)


def test_an_image_is_what_is_seen() -> None:
    found = between(shown("image/png", picture(note="a")), shown("image/png", picture(note="b")))
    assert (found["same"], found["hidden"]["kinds"]) == (True, {"rendering": 1})


def test_a_plot_that_changed() -> None:
    [image] = between(shown("image/png", picture(100)), shown("image/png", picture(140)))["images"]
    assert (image["kind"], image["media_type"]) == ("changed", "image/png")
    assert 0.8 < image["similarity"] < 0.999
    assert image["old"]["output"] == 0
    assert image["old"]["digest"] != image["new"]["digest"]


def test_pictures_are_told_whole_when_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    old, new = picture(100), picture(140)
    pair = shown("image/png", old), shown("image/png", new)
    [image] = between(*pair)["images"]
    assert (image["old"]["data"], image["new"]["data"]) == (None, None)
    [image] = between(*pair, pictures=True)["images"]
    assert (image["old"]["data"], image["new"]["data"]) == (old, new)
    monkeypatch.setattr("jupyter_deploy.results.compare.PICTURES", len(old))
    [image] = between(*pair, pictures=True)["images"]
    assert (image["old"]["data"], image["new"]["data"]) == (old, None)


def test_a_plot_of_another_size_has_changed() -> None:
    small, large = picture(), picture(size=(800, 500))
    assert between(shown("image/png", small), shown("image/png", large))["images"]


@pytest.mark.parametrize("content", ["", "no base64!", "aGVsbG8=", picture()[:200]])
def test_a_broken_image_breaks_nothing(content: str) -> None:
    [image] = between(shown("image/png", picture()), shown("image/png", content))["images"]
    assert image["similarity"] is None


def test_svg_without_its_ids() -> None:
    svg = '<svg><defs id="{0}"/><use href="#m{1}"/><text>{2}</text></svg>'
    old, same = svg.format("a", "0123456789", "1"), svg.format("a", "abcdef0123", "1")
    assert between(shown("image/svg+xml", old), shown("image/svg+xml", same))["same"] is True
    new = svg.format("a", "0123456789", "2")
    assert between(shown("image/svg+xml", old), shown("image/svg+xml", new))["images"]


def test_plots_as_data_are_compared_by_value() -> None:
    def plot(y: float, uid: str = "x") -> Document:
        data = {"data": [{"type": "bar", "y": [1, y], "uid": uid}], "layout": {"title": "t"}}
        return shown("application/vnd.plotly.v1+json", data)

    assert between(plot(2, "a"), plot(2.0, "b"))["same"] is True
    [image] = between(plot(2), plot(3))["images"]
    assert (image["old"], image["new"]) == ({"/data/0/y/1": 2}, {"/data/0/y/1": 3})


def test_json_is_compared_by_meaning() -> None:
    old, new = {"a": 1, "b": [1, 2]}, {"b": [1, 5, 6], "a": 1}
    [text] = between(shown("application/json", old), shown("application/json", new))["texts"]
    assert text["old"] == {"/b/1": 2, "/b/2": None}
    assert text["new"] == {"/b/1": 5, "/b/2": 6}
    assert between(shown("application/json", old), shown("application/json", old))["same"]


@pytest.mark.parametrize("value", [float("nan"), float("inf"), None, True, "x", [], {}])
def test_any_json_value_may_come(value: Any) -> None:
    [text] = between(shown("application/json", {"a": 1}), shown("application/json", {"a": value}))[
        "texts"
    ]
    assert text["old"] == {"/a": 1}


def test_errors_come_and_go() -> None:
    failed = results(cell("f()", error("KeyError", "'price'")))
    good = results(cell("f()"))
    [added] = difference(good, failed)["errors"]
    assert (added["kind"], added["old"]) == ("added", None)
    assert added["new"] == {"name": "KeyError", "value": "'price'"}
    assert difference(failed, good)["errors"][0]["kind"] == "removed"
    other = results(cell("f()", error("KeyError", "'cost'")))
    assert difference(failed, other)["errors"][0]["kind"] == "changed"
    noisy = [results(cell("f()", error("E", f"<X at 0x7f{n}00000000>"))) for n in "12"]
    assert difference(*noisy)["same"] is True


def test_an_inserted_cell_shifts_nothing() -> None:
    cells = [cell(f"step({n})", printed(f"step {n}: {n}\n")) for n in range(5)]
    found = difference(results(*cells), results(*cells[:2], cell("extra()"), *cells[2:]))
    assert found["same"] is True
    [code] = found["code"]
    assert (code["kind"], code["cell_a"], code["cell_b"], code["new"]) == (
        "added",
        None,
        2,
        "extra()",
    )


def test_an_edited_cell_is_the_same_cell() -> None:
    old = results(cell("a = 1"), cell("fit(model, depth=3)", printed("auc: 0.8\n")))
    new = results(cell("a = 1"), cell("fit(model, depth=4)", printed("auc: 0.9\n")))
    found = difference(old, new)
    assert [metric["name"] for metric in found["metrics"]] == ["auc"]
    [code] = found["code"]
    assert (code["cell_a"], code["cell_b"], code["kind"]) == (1, 1, "changed")
    assert "-fit(model, depth=3)" in code["diff"]


def test_a_rewritten_cell_is_found_by_its_id() -> None:
    old = results(cell("a()", printed("auc: 0.8\n"), id="fit"))
    new = results(cell("completely.different(thing)", printed("auc: 0.9\n"), id="fit"))
    [metric] = difference(old, new)["metrics"]
    assert metric["kind"] == "changed"


def test_cells_count_as_in_the_captured_notebook() -> None:
    injected = cell("n = 5", metadata={"tags": ["injected-parameters"]})
    markdown = {"cell_type": "markdown", "source": "# Hi", "metadata": {}}
    old = results(markdown, cell("n = 1"), injected, cell("go()", printed("n: 1\n")))
    other = cell("n = 7", metadata={"tags": ["injected-parameters"]})
    new = results(markdown, cell("n = 1"), other, cell("go()", printed("n: 2\n")))
    found = difference(old, new)
    assert [(m["cell_a"], m["cell_b"]) for m in found["metrics"]] == [(2, 2)]
    assert found["code"] == []  # a parameter is no code


def test_cells_that_take_much_longer() -> None:
    def took(seconds: float) -> Document:
        return cell("x", metadata={"papermill": {"duration": seconds}})

    [duration] = difference(results(took(2)), results(took(40)))["durations"]
    assert (duration["old"], duration["new"]) == (2, 40)
    assert difference(results(took(0.1)), results(took(0.9)))["durations"] == []
    assert difference(results(took(20)), results(took(30)))["durations"] == []


def test_what_was_cut_is_known() -> None:
    cut = printed("\n[output cut here: more than 10 MB in this cell]\n", "stderr")
    assert results(cell("x", cut)).cut is True
    assert results(cell("x", printed("output cut here"))).cut is False


@pytest.mark.parametrize("content", [b"[]", b"{}", b'{"cells": 3, "metadata": {}}', b"\xff",
                                     b'{"cells": [{}], "metadata": {}}', b""])  # fmt: skip
def test_what_is_no_notebook_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError):
        read_results(content)


def snapshot(**packages: str) -> Environment:
    found = tuple(Package(name, version) for name, version in packages.items())
    return Environment("/usr/bin/python3", "CPython", "3.11.7", "linux", found)


def test_causes_by_name() -> None:
    old, new = snapshot(pandas="2.2", numpy="2.0"), snapshot(pandas="2.3", pyarrow="19")
    assert causes.environment(old, new) == [
        {"name": "numpy", "kind": "removed", "old": "2.0", "new": None},
        {"name": "pandas", "kind": "changed", "old": "2.2", "new": "2.3"},
        {"name": "pyarrow", "kind": "added", "old": None, "new": "19"},
    ]
    assert causes.environment(None, new) == []
    assert causes.parameters({"n": 1}, {"n": True})[0]["kind"] == "changed"


def file(old: int, new: int) -> Document:
    sides = {"old": {"digest": "a", "size": 9, "rows": old}, "new": {"digest": "b", "rows": new}}
    return {"name": "orders.csv", "kind": "changed", **sides}


def test_one_sentence_says_it() -> None:
    nothing: dict[str, list[object]] = {
        name: [] for name in ("parameters", "code", "environment", "inputs", "durations")
    }
    sections: dict[str, list[object]] = {
        name: [] for name in ("metrics", "tables", "images", "texts", "errors")
    }
    same = {"same": True, **sections, "causes": nothing}
    assert summarize(same) == (
        "No difference in the results; code, packages, parameters and files are the same."
    )
    changed = {
        "same": False,
        **sections,
        "metrics": [1, 2],
        "images": [1],
        "causes": {**nothing, "environment": [1], "parameters": [1, 2], "inputs": [file(5, 3)]},
    }
    assert summarize(changed) == (
        "Results differ in 2 metrics and 1 plot; 1 package, 2 parameters and 1 file changed, "
        "code is the same; orders.csv has 40 % fewer rows."
    )


def test_whole_numbers_of_any_length() -> None:
    [text] = between(
        shown("application/json", {"a": 1}), shown("application/json", {"a": 10**400})
    )["texts"]
    assert text["new"] == {"/a": 10**400}


def test_a_duration_that_is_none() -> None:
    cells = [cell("x", metadata={"papermill": {"duration": d}}) for d in (1, float("nan"))]
    assert difference(*map(results, cells))["durations"] == []


def test_every_cell_is_listed_with_whether_it_changed() -> None:
    injected = cell("n = 1", metadata={"tags": ["injected-parameters"]})
    old = results(injected, cell("import os"), cell("auc", printed("auc: 1")), cell("gone"))
    new = results(injected, cell("import os"), cell("auc", printed("auc: 2")))
    assert difference(old, new)["cells"] == [
        {"cell_a": 0, "cell_b": 0, "line": "import os", "changed": False},
        {"cell_a": 1, "cell_b": 1, "line": "auc", "changed": True},
        {"cell_a": 2, "cell_b": None, "line": "gone", "changed": True},
    ]
