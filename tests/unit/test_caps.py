"""How much output a run may leave: the settings, and what the recorder makes of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from nbformat import NotebookNode

from jupyter_deploy.config import load_settings
from jupyter_deploy.domain.caps import KB, MB, Caps, amount
from jupyter_deploy.errors import InvalidInput
from jupyter_deploy.notebook.replay import merged
from jupyter_deploy.runner.ledger_file import LedgerFile
from jupyter_deploy.runner.recorder import Recorder


@pytest.fixture
def configure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path))
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "data"))

    def write(**traits: object) -> None:
        lines = [f"c.Deploy.{name} = {value!r}\n" for name, value in traits.items()]
        (tmp_path / "jupyter_deploy_config.py").write_text("".join(lines))

    return write


def test_the_defaults(configure: Any) -> None:
    configure()
    assert load_settings().caps == Caps(10 * MB, 200 * MB)


def test_caps_of_ones_own(configure: Any) -> None:
    configure(output_cap_cell=2000, output_cap_run=2000)
    assert load_settings().caps == Caps(2000, 2000)


@pytest.mark.parametrize(
    ("traits", "words"),
    [
        ({"output_cap_cell": KB - 1}, "output_cap_cell"),
        ({"output_cap_run": 0}, "output_cap_run"),
        ({"output_cap_cell": "10 MB"}, "output_cap_cell"),
        ({"output_cap_run": 5 * MB}, "One cell may leave 10485760 bytes"),
    ],
)
def test_caps_that_cannot_be(configure: Any, traits: dict[str, object], words: str) -> None:
    configure(**traits)
    with pytest.raises(InvalidInput, match=words) as caught:
        load_settings()
    assert "c.Deploy" in str(caught.value.hint)


@pytest.mark.parametrize(
    ("count", "words"),
    [(10 * MB, "10 MB"), (1500 * KB, "1.465 MB"), (KB, "1 KB"), (2500, "2.441 KB")],
)
def test_amounts(count: int, words: str) -> None:
    assert amount(count) == words


class Notes:
    """A recorder with its cells and its ledger."""

    def __init__(self, folder: Path, caps: Caps) -> None:
        self.path = folder / "ledger.jsonl"
        self.recorder = Recorder(LedgerFile(self.path), caps)

    def cell(self, index: int, *texts: str) -> list[NotebookNode]:
        sheet = self.recorder.begin(index, [])
        for text in texts:
            self.recorder.text(sheet, "stdout", text)
        self.recorder.end(sheet)
        return merged(sheet.written())

    @property
    def warnings(self) -> list[tuple[int | None, str]]:
        return self.recorder.warnings


def test_a_cell_is_cut_at_its_cap_and_the_next_goes_on(tmp_path: Path) -> None:
    notes = Notes(tmp_path, Caps(2 * KB, 200 * KB))
    first, second = notes.cell(0, "x" * 5000, "more"), notes.cell(1, "y" * 1000)
    assert first[0].text == "x" * 2048
    assert first[1].text == "\n[output cut here: more than 2 KB in this cell]\n"
    assert second[0].text == "y" * 1000
    assert notes.warnings == [(0, "Output was cut: more than 2 KB in this cell.")]


def test_the_run_is_cut_at_its_cap(tmp_path: Path) -> None:
    notes = Notes(tmp_path, Caps(2 * KB, 3 * KB))
    notes.cell(0, "x" * 2000)
    second = notes.cell(1, "y" * 2000)
    assert second[0].text == "y" * (3 * KB - 2000)
    assert notes.warnings == [(1, "Output was cut: more than 3 KB in this run.")]


def test_a_display_without_room_names_the_cap_that_it_met(tmp_path: Path) -> None:
    notes = Notes(tmp_path, Caps(2 * KB, 3 * KB))
    notes.cell(0, "x" * 2000)
    sheet = notes.recorder.begin(1, [])
    content = {"data": {"text/plain": "z" * 1500}, "metadata": {}}
    assert notes.recorder.admit(sheet, content, always=False) is None
    assert notes.warnings == [(1, "Output was cut: more than 3 KB in this run.")]
    assert notes.recorder.admit(sheet, content, always=True) is not None  # an error is kept


def test_the_ledger_holds_no_more_than_the_notebook(tmp_path: Path) -> None:
    notes = Notes(tmp_path, Caps(2 * KB, 2 * KB))
    notes.cell(0, *["x" * 1000] * 100)
    entries = [json.loads(line) for line in notes.path.read_text().splitlines()]
    texts = [entry["output"]["text"] for entry in entries if entry["kind"] == "output"]
    assert "".join(texts).count("x") == 2 * KB
