"""Reading notebooks: what is mended, what is refused, and that nothing is random."""

from __future__ import annotations

import json
from typing import Any

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_deploy.domain.bundle import Finding
from jupyter_deploy.errors import InvalidNotebook
from jupyter_deploy.notebook.documents import MAX_DEPTH, Notebook, dump_notebook, read_notebook


def document(*cells: Any, **members: Any) -> dict[str, Any]:
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [*cells], **members}


def code(source: Any = "x = 1", **members: Any) -> dict[str, Any]:
    cell = {"cell_type": "code", "source": source, "metadata": {}, "outputs": []}
    return {**cell, "execution_count": None, **members}


def read(content: Any) -> tuple[Notebook, tuple[Finding, ...]]:
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    return read_notebook(raw, "x.ipynb")


def refusal(content: Any) -> InvalidNotebook:
    with pytest.raises(InvalidNotebook) as caught:
        read(content)
    error = caught.value
    assert error.field == "notebook"
    assert error.hint
    assert "\n" not in error.message
    assert len(error.message) < 300
    return error


def causes(content: Any) -> list[str]:
    return [finding.cause for finding in read(content)[1]]


VERSION_3 = {
    "nbformat": 3,
    "nbformat_minor": 0,
    "metadata": {"name": "old"},
    "worksheets": [
        {
            "metadata": {},
            "cells": [
                {"cell_type": "heading", "level": 2, "source": ["Title"], "metadata": {}},
                {
                    "cell_type": "code",
                    "input": ["a = 1\n", "a"],
                    "language": "python",
                    "prompt_number": 3,
                    "collapsed": False,
                    "outputs": [{"output_type": "pyout", "prompt_number": 3, "text": ["1"]}],
                },
            ],
        },
        {"cells": [{"cell_type": "code", "input": "b = 2", "language": "python"}]},
    ],
}
VERSION_2 = {
    "nbformat": 2,
    "metadata": {"name": "older"},
    "worksheets": [
        {"cells": [{"cell_type": "code", "input": "a = 1", "language": "python", "outputs": []}]}
    ],
}
VERSION_1 = {
    "nbformat": 1,
    "cells": [{"cell_type": "code", "code": "a = 1", "prompt_number": 1}],
}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b" \n", "empty"),
        (b"\x89PNG\r\n", "not UTF-8"),
        (b"import os", "not JSON"),
        (b'{"nbformat": 4, "cells": [', "not JSON"),
        (b"[1, 2]", "not a notebook"),
        (b"null", "not a notebook"),
        (b'{"a": 1}', "not a notebook"),
        (document(nbformat=True), "not a notebook"),
        (document(nbformat="4"), "not a notebook"),
        (document(nbformat=-1), "not a notebook"),
        (document(nbformat=5), "newer"),
        (document(cells={}), "no list of cells"),
        (document(cells=None), "no list of cells"),
        (document(3), "cell 1 is not an object"),
        (document(code(), None), "cell 2 is not an object"),
        (document({"cell_type": "heading", "source": "x" * 10_000}), "neither code"),
        (document(code(5)), "source of cell 1 is not text"),
        (document(code(), code([1, 2])), "source of cell 2 is not text"),
        (document(code(metadata=[])), "metadata of cell 1 is not an object"),
        (document(code(metadata={"tags": "parameters"})), "not a valid notebook"),
        (document(metadata=[]), "its metadata is not an object"),
        (document(metadata={"authors": "x" * 10_000}), "not a valid notebook"),
        ({"nbformat": 3, "worksheets": "x"}, "no list of worksheets"),
        ({"nbformat": 3, "worksheets": [1]}, "no list of cells"),
        (b'{"nbformat": 4, "a": ' + b"9" * 5000 + b"}", "not JSON"),
    ],
)
def test_what_is_no_notebook_is_refused_in_one_sentence(content: Any, words: str) -> None:
    assert words in refusal(content).message


@pytest.mark.parametrize("depth", [MAX_DEPTH, 900, 100_000])
def test_absurd_nesting_is_refused(depth: int) -> None:
    nested = b"[" * depth + b"]" * depth
    content = b'{"nbformat":4,"nbformat_minor":5,"cells":[],"metadata":{"a":' + nested + b"}}"
    assert "deep" in refusal(content).message


def test_half_characters_are_refused_in_the_source_only() -> None:
    assert "surrogate" in refusal(document(code("x = '\ud800'"))).message
    broken = {"output_type": "stream", "name": "stdout", "text": "\ud800"}
    read(document(code(outputs=[broken])))


@pytest.mark.parametrize("content", [VERSION_3, VERSION_2, VERSION_1])
def test_old_formats_are_converted_and_said(content: Any) -> None:
    notebook, findings = read(content)
    nbformat.validate(notebook)
    assert notebook.nbformat == 4
    assert "a = 1" in "".join(cell.source for cell in notebook.cells)
    assert [finding.cause for finding in findings] == ["nbformat_upgraded"]


def test_conversion_keeps_headings_line_ends_and_all_worksheets() -> None:
    sources = [cell.source for cell in read(VERSION_3)[0].cells]
    assert sources == ["## Title", "a = 1\na", "b = 2"]


@pytest.mark.parametrize(
    "content",
    [
        VERSION_3,
        VERSION_1,
        document(code("a"), code("a")),
        document(code("a"), nbformat_minor=4),
        document(code("a", id="x"), code("b", id="x"), code("c", id="not valid!")),
    ],
)
def test_equal_files_give_equal_notebooks(content: Any) -> None:
    first, second = read(content)[0], read(content)[0]
    assert dump_notebook(first) == dump_notebook(second)
    ids = [cell.id for cell in first.cells]
    assert len(set(ids)) == len(ids)


def test_ids_that_are_good_are_kept() -> None:
    notebook, findings = read(document(code("a", id="intro"), code("b", id="rest-1")))
    assert [cell.id for cell in notebook.cells] == ["intro", "rest-1"]
    assert findings == ()


def test_reading_what_was_dumped_changes_nothing() -> None:
    notebook, _ = read(document(code(["a\n", "b"]), metadata={"kernelspec": {"name": "k"}}))
    again, findings = read(dump_notebook(notebook))
    assert again == notebook
    assert findings == ()


def test_what_executions_left_does_not_count() -> None:
    ran = code(
        "a",
        id="one",
        execution_count=7,
        outputs=[{"output_type": "stream", "name": "stdout", "text": "hi"}],
        metadata={"tags": ["keep"], "execution": {"iopub.status.idle": "…"}, "papermill": {}},
    )
    fresh = code("a", id="one", metadata={"tags": ["keep"]})
    papermill = {"papermill": {"duration": 1}, "widgets": {}}
    assert dump_notebook(read(document(ran, metadata=papermill))[0]) == dump_notebook(
        read(document(fresh))[0]
    )


@pytest.mark.parametrize(
    "outputs", [None, "x", [{"output_type": "display_data"}], [{"output_type": "zzz"}]]
)
def test_broken_outputs_do_not_keep_a_notebook_out(outputs: Any) -> None:
    assert read(document(code(outputs=outputs, execution_count="3")))[0].cells[0].outputs == []


def without(member: str, mapping: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in mapping.items() if key != member}


@pytest.mark.parametrize(
    "content",
    [
        document(without("outputs", code())),
        document(without("execution_count", code())),
        document(without("metadata", code())),
        document(without("source", code())),
        document(code(None)),
        document(code(metadata=None)),
        document(code(metadata={"tags": None})),
        document(code(metadata={"tags": ["a", "a"]})),
        without("metadata", document(code())),
        without("nbformat_minor", document(code())),
        document(nbformat_minor="5"),
        document(metadata={"kernelspec": None}),
        document(metadata={"kernelspec": {}}),
        document(metadata={"kernelspec": {"name": "python3"}}),
        document(metadata={"language_info": {}}),
    ],
)
def test_slips_are_mended_and_said(content: Any) -> None:
    notebook, findings = read(content)
    nbformat.validate(notebook)
    assert [finding.cause for finding in findings] == ["notebook_mended"]


def test_a_slip_in_one_cell_names_it() -> None:
    _, findings = read(document(code(), without("outputs", code())))
    assert findings[0].cell == 1
    _, findings = read(document(without("outputs", code()), without("outputs", code())))
    assert findings[0].cell is None


def test_a_byte_order_mark_and_unknown_members_are_fine() -> None:
    content = json.dumps(document(code(prompt="x"), extra=1)).encode()
    assert causes(b"\xef\xbb\xbf" + content) == []


def test_dumped_as_text_that_people_can_read() -> None:
    text = dump_notebook(read(document(code("print('é')")))[0]).decode()
    assert "print('é')" in text
    assert text.endswith("}\n")


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)
CELLS = st.fixed_dictionaries(
    {},
    optional={
        "cell_type": st.sampled_from(["code", "markdown", "raw", 3]),
        "source": VALUES,
        "input": VALUES,
        "metadata": VALUES | st.fixed_dictionaries({"tags": VALUES}),
        "outputs": VALUES,
        "id": VALUES,
    },
)
DOCUMENTS = st.fixed_dictionaries(
    {"nbformat": st.sampled_from([1, 2, 3, 4, 4, 4])},
    optional={
        "nbformat_minor": VALUES | st.integers(0, 6),
        "metadata": VALUES | st.fixed_dictionaries({"kernelspec": VALUES}),
        "cells": st.lists(CELLS, max_size=3) | VALUES,
        "worksheets": st.lists(st.fixed_dictionaries({"cells": st.lists(CELLS)}), max_size=2),
    },
)


@settings(max_examples=300, deadline=None)
@given(DOCUMENTS)
def test_every_document_is_read_or_refused(content: dict[str, Any]) -> None:
    raw = json.dumps(content).encode()
    try:
        notebook, _ = read_notebook(raw, "x.ipynb")
    except InvalidNotebook as error:
        assert error.field == "notebook"
    else:
        nbformat.validate(notebook, relax_add_props=True)
        assert dump_notebook(read_notebook(raw, "x.ipynb")[0]) == dump_notebook(notebook)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_no_bytes_crash_the_reader(content: bytes) -> None:
    with pytest.raises(InvalidNotebook):
        read_notebook(content, "x.ipynb")
