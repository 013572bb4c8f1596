"""The parameters that a notebook declares."""

from __future__ import annotations

import json
import logging
import warnings
from typing import Any

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_deploy.domain.bundle import Parameter, canonical_json
from jupyter_deploy.notebook.documents import Notebook
from jupyter_deploy.notebook.parameters import inspect_parameters


def tagged(source: str, *, cell_type: str = "code") -> Notebook:
    cell = getattr(nbformat.v4, f"new_{cell_type}_cell")(source)
    cell.metadata.tags = ["parameters"]
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1"), cell])


def inspect(source: str) -> list[Parameter]:
    found, known = inspect_parameters(tagged(source), "python3", "python")
    assert known
    return list(found)


@pytest.mark.parametrize(
    ("source", "kind", "default"),
    [
        ("x = 1", "int", 1),
        ("x = -1", "int", -1),
        ("x = 0x10", "int", 16),
        ("x = 1.5", "float", 1.5),
        ("x = 1e999", "any", None),
        ("x = True", "bool", True),
        ("x = 'a'", "str", "a"),
        ("x = 'a = b'", "str", "a = b"),
        ("x = '#tag'", "str", "#tag"),
        ("x = '\\d+'", "str", "\\d+"),
        ("x = '''two\nlines'''", "str", "two\nlines"),
        ("x = '\\ud800'", "any", None),
        ("x = [1,\n  2]", "list", [1, 2]),
        ("x = (1, 2)", "list", [1, 2]),
        ("x = {'a': [1]}", "dict", {"a": [1]}),
        ("x = {1: 2}", "any", None),
        ("x = {1, 2}", "any", None),
        ("x = None", "any", None),
        ("x = b'raw'", "any", None),
        ("x = date.today()", "any", None),
        ("x = y * 2", "any", None),
        ("x = dict(a=1)", "any", None),
        ("x = " + "[" * 5000 + "]" * 5000, "any", None),
        ("x: int = 3", "int", 3),
        ("x: float = 3", "float", 3),
        ("x: 'str' = 'a'", "str", "a"),
        ("x: list[int] = []", "list", []),
        ("x: typing.Dict[str, int] = {}", "dict", {}),
        ("x: int | None = 3", "any", 3),
        ("x: Optional[int] = None", "any", None),
        ("x: str = None", "str", None),
        ("x = None  # type: int", "int", None),
        ("%matplotlib inline\nx = 1", "int", 1),
        ("!pip list\nx = 1", "int", 1),
        ("x = (7\n % 4)", "any", None),
        ("x = 1\nx = 'later'", "str", "later"),
        ("if True:\n    x = 1", "int", 1),
    ],
)
def test_types_and_defaults(source: str, kind: str, default: Any) -> None:
    (found,) = inspect(source)
    assert (found.name, found.type, found.default) == ("x", kind, default)


def test_names_come_in_order_with_source_and_help() -> None:
    found = inspect("# all\nn = 10  # number of rows\nregion: str = 'eu'\ntop = n * 2  # derived")
    assert found == [
        Parameter("n", "int", 10, "10", "number of rows"),
        Parameter("region", "str", "eu", "'eu'", None),
        Parameter("top", "any", None, "n * 2", "derived"),
    ]


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("", []),
        ("a = 1; b = 2", ["a", "b"]),
        ("a, b = 1, 2", ["a", "b"]),
        ("a = b = 3", ["a", "b"]),
        ("größe = 1", ["größe"]),
        ("def f(k=1):\n    inner = 1\nclass C:\n    member = 1\nx = f()", ["x"]),
        ("x += 1\nx == 2\nx: int\nobj.y = 3\nd['k'] = 1", []),
        ("import os\nprint(1)", []),
        ("class = 1", []),
        ("x =", ["x"]),
        ("!!! not python (", []),
    ],
)
def test_names(source: str, names: list[str]) -> None:
    assert [item.name for item in inspect(source)] == names


def test_without_a_tagged_cell_there_are_none_and_that_is_known() -> None:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("x = 1")])
    assert inspect_parameters(notebook, "python3", "python") == ((), True)


def test_text_is_not_taken_for_code() -> None:
    notebook = tagged("x = 1", cell_type="markdown")
    assert inspect_parameters(notebook, "python3", "python") == ((), True)


@pytest.mark.parametrize("language", ["R", "julia", "scala", "ocaml", "c++", "", "no such"])
def test_languages_that_cannot_be_inspected(language: str) -> None:
    assert inspect_parameters(tagged("x = 1"), "some-kernel", language) == ((), False)


def test_the_language_may_be_written_large() -> None:
    assert inspect_parameters(tagged("x = 1"), "some-kernel", "Python")[1]


def test_papermills_noise_stays_inside(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    with warnings.catch_warnings(), caplog.at_level(logging.WARNING):
        warnings.simplefilter("error")
        inspect("x = y = 1\ns = '\\d'\nz = 'a=b=c'")
    assert caplog.records == []
    assert capfd.readouterr() == ("", "")


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=80) | st.from_regex(r"[a-z]{1,3}(: [a-z]+)? ?= ?.{0,20}", fullmatch=True))
def test_every_cell_gives_parameters_that_a_bundle_can_hold(source: str) -> None:
    for item in inspect(source):
        assert item.name.isidentifier()
        assert json.loads(canonical_json(item.default)) == item.default
