"""The ledger's entries as values, and reading them from a file that grows."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_deploy.domain import ledger
from jupyter_deploy.domain.history import cell_times
from jupyter_deploy.domain.ledger import Draft, Entry, Finished, progress
from jupyter_deploy.domain.runs import Progress
from jupyter_deploy.engine.ledger_tail import LedgerTail, read_entries
from jupyter_deploy.testing.fakes import write_ledger

DRAFTS = [
    ledger.attempt_started("sales.ipynb", 2),
    ledger.kernel_started("python3"),
    ledger.cell_started(0, 1, 2),
    ledger.output(0, {"output_type": "stream", "name": "stdout", "text": "hi\n"}),
    ledger.clear_output(0),
    ledger.cell_finished(0, "ok", 0.25),
    ledger.warning(None, "Something to know."),
    Finished("error", cell=1, error={"name": "E", "value": "no"}, never_ran=(2, 3)).draft(),
]


def entries(*drafts: Draft) -> list[Entry]:
    return [
        Entry(seq, "2026-01-01T00:00:00+00:00", draft.kind, draft.data)
        for seq, draft in enumerate(drafts, 1)
    ]


def test_entries_survive_json() -> None:
    for entry in entries(*DRAFTS):
        document = json.loads(json.dumps(entry.to_json()))
        again = Entry.from_json(document)
        assert (again.seq, again.at, again.kind) == (entry.seq, entry.at, entry.kind)
        assert json.dumps(again.to_json()) == json.dumps(entry.to_json())


def test_the_end_is_read_back() -> None:
    entry = entries(*DRAFTS)[-1]
    finished = Finished.of(entry)
    assert (finished.outcome, finished.cell) == ("error", 1)
    assert (finished.error, list(finished.never_ran)) == ({"name": "E", "value": "no"}, [2, 3])
    with pytest.raises(KeyError):
        Finished.of(entries(*DRAFTS)[0])


@pytest.mark.parametrize("member", ["seq", "at", "kind", "cell", "number", "cells"])
def test_an_entry_has_its_members(member: str) -> None:
    document = entries(ledger.cell_started(0, 1, 2))[0].to_json()
    del document[member]
    with pytest.raises(KeyError):
        Entry.from_json(document)


@pytest.mark.parametrize("seq", ["1", None, 1.0, True])
def test_an_entry_has_a_number(seq: object) -> None:
    with pytest.raises(ValueError, match="number"):
        Entry.from_json({**entries(DRAFTS[1])[0].to_json(), "seq": seq})


@pytest.mark.parametrize("cell", [-1, 2**31, 10**30, 1.0, True, "1", [1]])
def test_a_cell_has_a_place_that_can_be_kept(cell: object) -> None:
    """A notebook that writes into its ledger must not make an end that no database takes."""
    document = entries(ledger.cell_started(0, 1, 2))[0].to_json()
    with pytest.raises(ValueError, match="is not the place of a cell"):
        Entry.from_json({**document, "cell": cell})


@pytest.mark.parametrize("seconds", [float("nan"), float("inf"), "nan"])
def test_a_duration_is_a_number_that_ends(seconds: float) -> None:
    with pytest.raises(ValueError, match="is no duration"):
        cell_times(entries(ledger.cell_finished(0, "ok", seconds)))


def test_progress_counts_cells() -> None:
    assert progress([]) is None
    assert progress(entries(DRAFTS[1])) is None
    assert progress(entries(*DRAFTS[:2])) == Progress(0, 2)
    assert progress(entries(*DRAFTS)) == Progress(1, 2)


def test_a_ledger_that_is_not_there_yet(tmp_path: Path) -> None:
    assert list(read_entries(tmp_path / "ledger.jsonl")) == []
    tail = LedgerTail(tmp_path / "ledger.jsonl")
    assert tail.read_new() == []
    write_ledger(tmp_path, DRAFTS)
    assert [entry.kind for entry in tail.read_new()] == [
        draft.kind for draft in DRAFTS if draft.kind != "output"
    ]
    assert tail.read_new() == []


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(0, 400), max_size=6), st.booleans())
def test_however_it_grows_each_entry_is_read_once(
    tmp_path_factory: pytest.TempPathFactory, cuts: list[int], damaged: bool
) -> None:
    folder = tmp_path_factory.mktemp("ledger")
    write_ledger(folder, DRAFTS)
    path = folder / "ledger.jsonl"
    whole = path.read_bytes()
    if damaged:
        whole = whole.replace(b"\n", b"\n\x00 no entry \xff\n", 3)
    tail, seen = LedgerTail(path), []
    for cut in [*sorted(min(cut, len(whole)) for cut in cuts), len(whole)]:
        path.write_bytes(whole[:cut])
        seen += tail.read_new()
    entries = list(read_entries(path))
    assert [entry.seq for entry in entries] == list(range(1, len(DRAFTS) + 1))
    assert seen == [entry for entry in entries if entry.kind != "output"]


def test_a_ledger_that_was_cut_off_is_read_from_its_beginning(tmp_path: Path) -> None:
    write_ledger(tmp_path, [ledger.cell_started(0, 1, 1)] * 3)
    path = tmp_path / "ledger.jsonl"
    tail = LedgerTail(path)
    assert len(tail.read_new()) == 3
    path.write_bytes(path.read_bytes().splitlines(keepends=True)[0])
    assert len(tail.read_new()) == 1
    assert tail.read_new() == []


@pytest.mark.parametrize("count", [1, 3, 20])
def test_a_ledger_that_was_cut_off_and_has_grown(tmp_path: Path, count: int) -> None:
    write_ledger(tmp_path, [ledger.cell_started(0, 1, 1)] * 2)
    path = tmp_path / "ledger.jsonl"
    tail = LedgerTail(path)
    tail.read_new()
    path.unlink()
    write_ledger(tmp_path, [*[ledger.warning(None, "now")] * count, ledger.kernel_started("R")])
    assert tail.read_new()[-1].kind == "kernel_started"
