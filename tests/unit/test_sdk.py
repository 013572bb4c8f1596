"""What a notebook may say about its results."""

from __future__ import annotations

import datetime
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from traitlets.config import Config

import jupyter_deploy as jd
from jupyter_deploy.sdk import tables
from jupyter_deploy.sdk.run import VARIABLE

Document = dict[str, Any]


@pytest.fixture
def shell() -> Any:
    # Its history would be kept by a thread that never ends.
    yield InteractiveShell.instance(config=Config({"HistoryManager": {"enabled": False}}))
    InteractiveShell.clear_instance()


@pytest.fixture
def production(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    told = {"id": 7, "deployment": "churn", "version": 3, "due_at": "2026-05-01T06:00:00+02:00",
            "parameters": {"region": "eu"}}  # fmt: skip
    (tmp_path / "run.json").write_text(json.dumps(told))
    (work := tmp_path / "work").mkdir()
    monkeypatch.setenv(VARIABLE, str(tmp_path / "run.json"))
    monkeypatch.chdir(work)
    return work


def emitted(kind: str, call: Any) -> tuple[Document, Document]:
    """What was recorded, and all forms of it."""
    with capture_output() as caught:
        call()
    [output] = caught.outputs
    return output.data[f"application/vnd.jupyter-deploy.{kind}.v1+json"], output.data


def test_importing_it_loads_the_standard_library_only() -> None:
    program = (
        "import sys; before = set(sys.modules); import jupyter_deploy as jd; jd.metric; "
        "print(*{name.partition('.')[0] for name in set(sys.modules) - before})"
    )
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True).stdout
    loaded = set(said.decode().split()) - {"jupyter_deploy"}
    assert loaded <= set(sys.stdlib_module_names)


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (0.91, 0.91),
        (3, 3.0),
        (True, 1.0),
        (np.float32(0.5), 0.5),
        (np.int64(7), 7.0),
        (np.array(2.0), 2.0),
        (float("nan"), "nan"),
        (-np.inf, "-inf"),
    ],
)
def test_a_metric_is_a_number_of_any_kind(shell: Any, value: Any, told: Any) -> None:
    recorded, forms = emitted("metric", lambda: jd.metric(" auc ", value, "%"))
    assert recorded == {"name": "auc", "value": told, "unit": "%"}
    assert {"text/html", "text/plain"} < forms.keys()


@pytest.mark.parametrize("value", ["0.9", None, 1j, [1], b"1"])
def test_what_is_no_number_is_refused(value: Any) -> None:
    with pytest.raises(TypeError, match="A metric is a number, not"):
        jd.metric("auc", value)


def test_a_number_may_be_too_large() -> None:
    with pytest.raises(ValueError, match="too large"):
        jd.metric("auc", 10**400)


@pytest.mark.parametrize("name", ["", "   ", "x" * 201, "a\nb"])
def test_a_name_is_a_short_line(name: str) -> None:
    with pytest.raises(ValueError, match="A name has 1 to 200 printable characters"):
        jd.metric(name, 1)


def test_a_name_is_a_text() -> None:
    with pytest.raises(TypeError, match="A name is a text, not int"):
        jd.metric(3, 1)


def test_what_a_card_says_is_no_markup(shell: Any) -> None:
    _, forms = emitted("text", lambda: jd.text("<b>", "<script>alert(1)</script>"))
    assert "<script>" not in forms["text/html"]
    assert "<b>&lt;b&gt;</b>" in forms["text/html"]
    _, forms = emitted("table", lambda: jd.table("t", [{"<i>": "<img src=x>"}]))
    assert "<img" not in forms["text/html"]
    assert "<i>" not in forms["text/html"]


def test_without_a_notebook_it_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    jd.metric("auc", 0.5)
    assert capsys.readouterr().out == "metric auc 0.5\n"


def test_a_data_frame_with_all_kinds_of_values(shell: Any) -> None:
    frame = pd.DataFrame(
        {
            "n": [1, 2],
            "x": [0.5, None],
            "ok": [True, False],
            "s": ["a", None],
            "at": pd.to_datetime(["2026-05-01", None]),
            "any": [{"a": 1}, float("inf")],
        }
    )
    recorded, _ = emitted("table", lambda: jd.table("scores", frame))
    kinds = {column["name"]: column["type"] for column in recorded["columns"]}
    assert kinds == {"n": "integer", "x": "number", "ok": "boolean", "s": "string",
                     "at": "datetime", "any": "any"}  # fmt: skip
    assert recorded["rows"] == 2
    assert recorded["data"] == [
        [1, 0.5, True, "a", "2026-05-01T00:00:00", "{'a': 1}"],
        [2, None, False, None, None, "inf"],
    ]
    json.dumps(recorded, allow_nan=False)


def test_an_index_that_says_something_is_a_column(shell: Any) -> None:
    frame = pd.DataFrame({"v": [1]}, index=pd.Index(["a"], name="letter"))
    recorded, _ = emitted("table", lambda: jd.table("t", frame))
    assert [column["name"] for column in recorded["columns"]] == ["letter", "v"]


@pytest.mark.parametrize(
    ("data", "columns", "rows"),
    [
        ([{"a": 1}, {"a": 2, "b": "x"}], ["a", "b"], [[1, None], [2, "x"]]),
        ({"a": [1, 2], "d": [datetime.date(2026, 5, 1)] * 2}, ["a", "d"],
         [[1, "2026-05-01"], [2, "2026-05-01"]]),
        ([], [], []),
        (pd.DataFrame(), [], []),
    ],
)  # fmt: skip
def test_other_tables(shell: Any, data: Any, columns: list[str], rows: list[Any]) -> None:
    recorded, _ = emitted("table", lambda: jd.table("t", data))
    assert [column["name"] for column in recorded["columns"]] == columns
    assert recorded["data"] == rows


@pytest.mark.parametrize("data", [3, "text", [1, 2], None])
def test_what_is_no_table_is_refused(data: Any) -> None:
    with pytest.raises(TypeError, match="A table is a data frame"):
        jd.table("t", data)


def test_columns_of_different_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="differ in length"):
        jd.table("t", {"a": [1], "b": [1, 2]})


def test_a_large_table_of_a_run_is_a_file(shell: Any, production: Path) -> None:
    frame = pd.DataFrame({"n": range(100_000), "x": [0.5] * 100_000})
    recorded, _ = emitted("table", lambda: jd.table("all scores", frame))
    assert "data" not in recorded
    assert (recorded["rows"], recorded["file"]) == (100_000, "all-scores.parquet")
    assert pd.read_parquet(production / recorded["file"]).equals(frame)


def test_a_large_table_that_is_no_frame_is_csv(
    shell: Any, production: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "INLINE", 100)
    recorded, _ = emitted("table", lambda: jd.table("t", {"n": list(range(100))}))
    lines = (production / recorded["file"]).read_text().splitlines()
    assert (recorded["file"], lines[:3], len(lines)) == ("t.csv", ["n", "0", "1"], 101)


def test_a_frame_that_parquet_does_not_take_is_csv(
    shell: Any, production: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "INLINE", 10)
    frame = pd.DataFrame({"mixed": [1, "text", 2.5]})
    recorded, _ = emitted("table", lambda: jd.table("t", frame))
    assert recorded["file"] == "t.csv"
    assert [path.name for path in production.iterdir()] == ["t.csv"]


def test_outside_production_nothing_is_written(
    shell: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    frame = pd.DataFrame({"n": range(200_001)})
    recorded, _ = emitted("table", lambda: jd.table("t", frame))
    assert (recorded["rows"], len(recorded["data"])) == (200_001, 5)
    assert list(tmp_path.iterdir()) == []


def test_a_file_is_described(shell: Any, production: Path) -> None:
    (production / "model.pkl").write_bytes(b"abc")
    recorded, _ = emitted("file", lambda: jd.file("model.pkl", "the model"))
    assert (recorded["name"], recorded["file"], recorded["size"]) == ("the model", "model.pkl", 3)
    assert recorded["digest"].startswith("sha256:ba7816bf")


def test_a_file_from_elsewhere_is_brought_along(
    shell: Any, production: Path, tmp_path: Path
) -> None:
    (tmp_path / "plot.png").write_bytes(b"png")
    recorded, _ = emitted("file", lambda: jd.file(tmp_path / "plot.png"))
    assert (recorded["file"], recorded["media_type"]) == ("plot.png", "image/png")
    assert (production / "plot.png").read_bytes() == b"png"


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="There is no file 'nowhere'"):
        jd.file("nowhere")
    with pytest.raises(IsADirectoryError, match="record its files one by one"):
        jd.file(tmp_path)


def test_the_run_says_what_it_is(production: Path) -> None:
    assert jd.run.is_production
    assert (jd.run.id, jd.run.deployment, jd.run.version) == (7, "churn", 3)
    assert jd.run.parameters == {"region": "eu"}
    assert jd.run.due_at == datetime.datetime.fromisoformat("2026-05-01T06:00:00+02:00")
    assert repr(jd.run) == "<run 7 of churn, version 3>"


def test_elsewhere_there_is_no_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    assert not jd.run.is_production
    assert (jd.run.id, jd.run.due_at, jd.run.parameters) == (None, None, {})
    monkeypatch.setenv(VARIABLE, str(tmp_path / "gone.json"))
    assert not jd.run.is_production
