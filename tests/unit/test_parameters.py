"""Rules for a run's parameters."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_deploy.domain.bundle import Parameter
from jupyter_deploy.domain.parameters import (
    MAX_DEPTH,
    check_parameters,
    effective,
    parse_assignment,
)
from jupyter_deploy.errors import InvalidInput

KINDS = ("bool", "int", "float", "str", "list", "dict", "any")
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner)
    ),
    max_leaves=10,
)


def parameter(name: str, kind: str, default: Any = None, source: str = "f()") -> Parameter:
    return Parameter(name, kind, default, source, None)


SCHEMA = [
    parameter("n_rows", "int", 10, "10"),
    parameter("ratio", "float", 0.5, "0.5"),
    parameter("region", "str", "eu", "'eu'"),
    parameter("sample", "bool", False, "False"),
    parameter("columns", "list", [], "[]"),
    parameter("options", "dict", {}, "{}"),
    parameter("since", "any", None, "None"),
    parameter("today", "any", None, "date.today()"),
    parameter("größe", "int", 1, "1"),
]


def refusal(values: dict[Any, Any], schema: Any = SCHEMA, known: bool = True) -> InvalidInput:
    with pytest.raises(InvalidInput) as caught:
        check_parameters(values, schema, known=known)
    return caught.value


def test_values_of_the_declared_types_pass() -> None:
    values = {
        "n_rows": 3,
        "ratio": 0.25,
        "region": "us",
        "sample": True,
        "columns": ["a", 1, None],
        "options": {"deep": [{"x": 1.5}]},
        "since": None,
        "größe": 2,
    }
    assert check_parameters(values, SCHEMA, known=True) == values


def test_a_whole_number_is_a_number() -> None:
    checked = check_parameters({"ratio": 2}, SCHEMA, known=True)
    assert checked == {"ratio": 2.0}
    assert type(checked["ratio"]) is float


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("n_rows", "3"),
        ("n_rows", 3.0),
        ("n_rows", True),
        ("n_rows", None),
        ("ratio", "0.5"),
        ("ratio", False),
        ("ratio", 10**400),
        ("region", 7),
        ("sample", 1),
        ("columns", {"a": 1}),
        ("columns", (1, 2)),
        ("options", []),
    ],
)
def test_a_value_of_another_type_is_refused(name: str, value: Any) -> None:
    assert refusal({name: value}).field == f"parameters.{name}"


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (float("nan"), "finite"),
        ([1, {"a": float("inf")}], "finite"),
        (date(2026, 1, 2), "date"),
        ({1: "a"}, "key"),
        ("\ud800", "half a character"),
        ({"\udfff": 1}, "half a character"),
        (b"raw", "bytes"),
    ],
)
def test_what_json_cannot_say_is_refused(value: Any, words: str) -> None:
    error = refusal({"since": value})
    assert error.field == "parameters.since"
    assert words in error.message


def test_values_without_end_are_refused() -> None:
    deep: list[Any] = []
    for _ in range(5000):
        deep = [deep]
    endless: list[Any] = []
    endless.append(endless)
    for value in (deep, endless):
        assert f"more than {MAX_DEPTH} deep" in refusal({"since": value}).message


def test_an_unknown_name_says_which_was_meant() -> None:
    error = refusal({"nrows": 1})
    assert error.field == "parameters.nrows"
    assert error.hint == "Did you mean 'n_rows'?"
    assert "n_rows, ratio" in (refusal({"zzz": 1}).hint or "")


def test_without_a_parameters_cell_it_says_how_to_make_one() -> None:
    assert 'tag "parameters"' in (refusal({"n": 1}, ()).hint or "")


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize(
    "name",
    ["x = 1; import os #", "a b", "a.b", "a\nb", "", "1a", "class", "$x", "x\n", "ｎ", 7, None],
)
def test_names_that_could_inject_code_are_refused(name: Any, known: bool) -> None:
    assert refusal({name: 1}, known=known).field == "parameters"


def test_a_language_that_cannot_be_inspected_takes_any_plain_name() -> None:
    assert check_parameters({"alpha_1": [1]}, (), known=False) == {"alpha_1": [1]}
    assert refusal({"größe": 1}, (), known=False).field == "parameters"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("n_rows=3", 3),
        ("n_rows=007", 7),
        (" n_rows = -2", -2),
        ("ratio=3", 3.0),
        ("ratio=.5", 0.5),
        ("ratio=1e-3", 0.001),
        ("sample=true", True),
        ("sample=No", False),
        ("region=007", "007"),
        ("region=", ""),
        ("region=a=b", "a=b"),
        ("region=true", "true"),
        ('columns=["a", 1]', ["a", 1]),
        ('options={"a": null}', {"a": None}),
        ("since=2026-01-01", "2026-01-01"),
        ("since=12", 12),
        ("since=null", None),
    ],
)
def test_an_assignment_is_read_as_the_parameters_type(text: str, value: Any) -> None:
    name, parsed = parse_assignment(text, SCHEMA, True)
    assert name == text.partition("=")[0].strip()
    assert parsed == value
    assert type(parsed) is type(value)


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("n_rows", "parameters"),
        ("=3", "parameters"),
        ("n_rows=many", "parameters.n_rows"),
        ("n_rows=1.5", "parameters.n_rows"),
        ("n_rows=٣", "parameters.n_rows"),
        ("ratio=nan", "parameters.ratio"),
        ("ratio=-inf", "parameters.ratio"),
        ("sample=maybe", "parameters.sample"),
        ("columns=a,b", "parameters.columns"),
        ("nope=1", "parameters.nope"),
        ("since=" + "[" * 60 + "]" * 60, "parameters.since"),
        ("n_rows=" + "9" * 5000, "parameters.n_rows"),
    ],
)
def test_an_assignment_that_cannot_be_read_is_refused(text: str, field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        parse_assignment(text, SCHEMA, True)
    assert caught.value.field == field
    assert len(caught.value.message) < 200


@given(JSON)
def test_any_json_value_passes_unchanged(value: Any) -> None:
    checked = check_parameters({"x": value}, (), known=False)["x"]
    assert json.dumps(checked) == json.dumps(value)


@given(st.text(), st.sampled_from(KINDS))
def test_an_assignment_gives_its_type_or_a_clear_refusal(text: str, kind: str) -> None:
    schema = [parameter("x", kind)]
    try:
        _, value = parse_assignment(f"x={text}", schema, True)
    except InvalidInput as error:
        assert error.field == "parameters.x"
    else:
        assert check_parameters({"x": value}, schema, known=True) == {"x": value}


@given(st.text())
def test_text_without_an_assignment_never_crashes(text: str) -> None:
    try:
        name, _ = parse_assignment(text, (), False)
    except InvalidInput:
        return
    assert name.isidentifier() and name.isascii()


def test_effective_values_are_defaults_replaced() -> None:
    values = effective({"region": "us", "extra": 1}, SCHEMA)
    assert values["region"] == "us"
    assert values["n_rows"] == 10
    assert values["since"] is None
    assert values["extra"] == 1
    assert "today" not in values
