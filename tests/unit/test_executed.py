"""The executed notebook, put together from pieces on a ledger."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from jupyter_deploy.domain import ledger
from jupyter_deploy.domain.caps import Caps
from jupyter_deploy.notebook.documents import dump_notebook
from jupyter_deploy.notebook.executed import write_executed
from jupyter_deploy.notebook.replay import ends_of_texts, merged, outputs_at
from jupyter_deploy.notebook.streams import Extent, extend
from jupyter_deploy.runner.ledger_file import LedgerFile
from jupyter_deploy.runner.recorder import Recorder
from jupyter_deploy.runner.sheet import Sheet

Outputs = list[dict[str, Any]]

PIECES = st.text(alphabet='ab\r\n"\\é😀\ue000', max_size=6)
TEXTS = st.builds(
    lambda name, text: {"output_type": "stream", "name": name, "text": text},
    st.sampled_from(["stdout", "stderr"]),
    PIECES,
)
DATA = st.fixed_dictionaries(
    {"text/plain": st.text(alphabet='x\n"<é😀', max_size=5)},
    optional={"application/json": st.lists(st.integers(), max_size=3)},
)
DISPLAYS = st.builds(lambda data: new_output("display_data", data=data), DATA)
CELLS = st.lists(st.lists(st.one_of(TEXTS, TEXTS, DISPLAYS), max_size=8), max_size=4)


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=8))
def test_the_length_of_a_text_is_known_without_it(pieces: list[str]) -> None:
    text = ""
    extent = Extent(text)
    for piece in pieces:
        text = extend(text, piece)
        extent.extend(piece)
        assert extent.length == len(text)


@settings(max_examples=300, deadline=None)
@given(CELLS)
def test_it_is_what_dumping_the_whole_gives(cells: list[Outputs]) -> None:
    notebook = new_notebook(
        cells=[new_markdown_cell("# é"), *[new_code_cell(f"print({n})") for n in range(len(cells))]]
    )
    file = io.BytesIO()
    write_executed(file, notebook, lambda place: cells[place - 1])
    for cell, outputs in zip(notebook.cells[1:], cells, strict=True):
        assert cell.outputs == []
        cell.outputs = merged(outputs)
    assert file.getvalue() == dump_notebook(notebook)


def test_a_source_cannot_pretend_to_be_a_place_for_outputs() -> None:
    notebook = new_notebook(cells=[new_code_cell('"outputs": []'), new_code_cell('"outputs": "0"')])
    file = io.BytesIO()
    write_executed(file, notebook, lambda _: ())
    assert file.getvalue() == dump_notebook(notebook)


@pytest.fixture
def file(tmp_path: Path) -> LedgerFile:
    return LedgerFile(tmp_path / "ledger.jsonl")


def display(text: str) -> dict[str, Any]:
    return {"data": {"text/plain": text}, "metadata": {}}


def show(recorder: Recorder, sheet: Sheet, text: str) -> None:
    """As the client does."""
    content = recorder.admit(sheet, display(text), always=False)
    output = new_output("display_data", **content)
    sheet.outputs.append(output)
    recorder.rich(sheet, output)


def test_a_cell_holds_nothing_that_is_on_the_ledger(file: LedgerFile) -> None:
    recorder = Recorder(file, Caps())
    sheet = recorder.begin(0, [])
    recorder.text(sheet, "stdout", "x" * 100_000)
    show(recorder, sheet, "y" * 100_000)
    recorder.text(sheet, "stdout", "z" * 100_000)
    recorder.end(sheet)
    assert len(sheet.outputs) == 3
    assert len(json.dumps(sheet.outputs)) < 1000
    first, second, third = merged(sheet.written())
    assert first.text == "x" * 100_000
    assert second.data["text/plain"] == "y" * 100_000
    assert third.text == "z" * 100_000


def test_an_output_that_is_changed_keeps_its_place(file: LedgerFile) -> None:
    recorder = Recorder(file, Caps())
    sheet = recorder.begin(0, [])
    recorder.text(sheet, "stdout", "before\n")
    show(recorder, sheet, "old")
    recorder.text(sheet, "stdout", "1%\r")
    recorder.end(sheet)
    recorder.changing(sheet)
    sheet.outputs[1]["data"] = {"text/plain": "new"}
    recorder.text(sheet, "stdout", "2%\r")
    recorder.finish()
    recorder.text(sheet, "stdout", "3%\n")
    recorder.finish()
    before, shown, after = merged(sheet.written())
    assert (before.text, shown.data, after.text) == ("before\n", {"text/plain": "new"}, "3%\n")


def test_a_damaged_ledger_costs_its_own_outputs_only(tmp_path: Path, file: LedgerFile) -> None:
    places = [
        file.append(ledger.output(0, new_output("stream", text=text))).place for text in "abc"
    ]
    path = tmp_path / "ledger.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"b"', b'"b\n'))
    with open(path, "rb") as story:
        assert [output["text"] for output in outputs_at(story, places)] == ["a", "c"]


def test_of_a_long_text_the_end_is_kept() -> None:
    texts = [{"output_type": "stream", "name": "stdout", "text": f"{n:03}\n"} for n in range(100)]
    others = [{**display("a"), "output_type": "display_data"}, {**texts[0], "name": "stderr"}]
    kept = list(ends_of_texts([*texts, others[0], *texts, others[1]], 10))
    assert kept == [*texts[-3:], others[0], *texts[-3:], others[1]]


@pytest.mark.parametrize("most", [400, 10_000])
def test_a_text_that_is_no_longer_is_whole(most: int) -> None:
    texts = [{"output_type": "stream", "name": "stdout", "text": f"{n:03}\n"} for n in range(100)]
    assert list(ends_of_texts(texts, most)) == texts
