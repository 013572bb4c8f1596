"""What may be declared, and how fresh data are said to be."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from jupyter_deploy.cli.publishing import read_published
from jupyter_deploy.domain.freshness import freshness
from jupyter_deploy.domain.publishing import (
    MOST,
    Declared,
    Publication,
    newest,
    outputs_to_json,
    read_outputs,
)
from jupyter_deploy.domain.readers import Reader, check_label
from jupyter_deploy.errors import InvalidInput
from jupyter_deploy.project.deployment_file import load_folder
from jupyter_deploy.server.tickets import LIFE, is_valid, make_ticket
from jupyter_deploy.testing.samples import NOW, new_version

ALL: dict[str, Any] = {
    "auc": {"metric": "auc"},
    "model": {"file": "out/model.pkl"},
    "report": {"format": "html", "hide_code": True},
    "scores": {"table": "the scores"},
}


def test_outputs_come_by_name_and_go_as_they_came() -> None:
    outputs = read_outputs(dict(reversed(ALL.items())))
    assert [item.kind for item in outputs] == ["metric", "file", "report", "table"]
    assert outputs[2] == Declared("report", "report", "html", True)
    assert outputs_to_json(outputs) == ALL
    assert read_outputs(None) == read_outputs({}) == ()
    assert outputs_to_json(read_outputs({"r": {"format": "pdf", "hide_code": False}})) == {
        "r": {"format": "pdf"}
    }


def test_versions_without_outputs_keep_their_digest() -> None:
    assert new_version().digest == new_version(outputs=()).digest
    assert new_version().digest != new_version(outputs=read_outputs(ALL)).digest


def test_outputs_are_bounded() -> None:
    many = {f"a{number}": {"metric": "x"} for number in range(MOST + 1)}
    with pytest.raises(InvalidInput):
        read_outputs(many)


@pytest.mark.parametrize("path", ["/a", "../a", "a/../../b", "a\0b", "", " ", "x" * 501])
def test_files_lie_in_the_notebooks_folder(path: str) -> None:
    with pytest.raises(InvalidInput) as error:
        read_outputs({"a": {"file": path}})
    assert error.value.field == "outputs.a.file"
    assert error.value.hint


def test_the_command_line_says_the_same() -> None:
    told = [
        "report=html,hide-code",
        "scores=table:the scores",
        "model=file:out/model.pkl",
        "auc=metric:auc",
    ]
    assert read_published(told) == ALL


@pytest.mark.parametrize("text", ["", "=", "a", "=html", "a=", "a=table", "a=x:y", "a=html,no"])
def test_slips_on_the_command_line(text: str) -> None:
    with pytest.raises(InvalidInput):
        read_published([text])


def test_deployment_files_say_where_an_output_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "schedules").mkdir()
    text = "notebook: a.ipynb\noutputs:\n  good: {format: html}\n  bad: {file: ../x}\n"
    (tmp_path / "schedules" / "a.yaml").write_text(text)
    files, [error] = load_folder(tmp_path)
    assert files == []
    assert (error.line, "leads out" in error.message) == (4, True)


@pytest.mark.parametrize(
    ("age", "words"),
    [
        (timedelta(), "data of Tue 07:00, new"),
        (timedelta(seconds=-5), "data of Tue 07:00, new"),
        (timedelta(minutes=59), "data of Tue 07:00, 59 min old"),
        (timedelta(hours=3, minutes=59), "data of Tue 07:00, 3 h old"),
        (timedelta(hours=47), "data of Tue 07:00, 47 h old"),
        (timedelta(days=5), "data of Tue 07:00, 5 d old"),
        (timedelta(days=30), "data of Tue 03 Mar 2026 07:00, 30 d old"),
    ],
)
def test_freshness_in_words(age: timedelta, words: str) -> None:
    assert freshness(NOW, NOW + age, ZoneInfo("Europe/Berlin")) == words


def test_the_newest_data_are_those_of_the_latest_time() -> None:
    def published(run: int, hour: int, problem: str | None = None) -> Publication:
        at = datetime(2026, 3, 3, hour, tzinfo=timezone.utc)
        return Publication("sales", run, 1, at, NOW, problem=problem)

    older, newer, bad = published(9, 5), published(2, 6), published(10, 7, "missing")
    waiting = Publication("sales", 11, 1, NOW + timedelta(days=1))
    assert newest([older, bad, waiting, newer]) == newer
    assert newest([bad, waiting]) is None


def test_a_use_is_noted_once_a_minute() -> None:
    reader = Reader(1, "sales", "", "sha256:x", NOW, None)
    assert reader.is_due(NOW)
    used = Reader(1, "sales", "", "sha256:x", NOW, None, used_at=NOW)
    assert not used.is_due(NOW + timedelta(seconds=59))
    assert used.is_due(NOW + timedelta(seconds=60))


def test_labels_are_one_short_line() -> None:
    assert check_label("  für Zoë ") == "für Zoë"
    for label in ("a\nb", "x" * 101, "\x1b[0m"):
        with pytest.raises(InvalidInput):
            check_label(label)


def test_tickets_are_for_one_place_and_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    ticket = make_ticket("secret", "here")
    assert is_valid("secret", "here", ticket)
    assert not is_valid("secret", "there", ticket)
    assert not is_valid("other", "here", ticket)
    for forged in ("", "x", f"9{ticket}", ticket[:-1], ticket.replace("-", "--")):
        assert not is_valid("secret", "here", forged)
    ends = int(ticket.partition("-")[0])
    monkeypatch.setattr("time.time", lambda: ends - LIFE)
    assert is_valid("secret", "here", ticket)
    monkeypatch.setattr("time.time", lambda: ends + 1)
    assert not is_valid("secret", "here", ticket)
