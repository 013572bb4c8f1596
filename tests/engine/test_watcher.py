"""Live attempts: progress, ends, cancelling, adoption."""

from __future__ import annotations

import json
import shutil

import nbformat
import pytest

from jupyter_deploy.domain import ledger
from jupyter_deploy.domain.ledger import Finished
from jupyter_deploy.domain.runs import Progress
from jupyter_deploy.engine.watcher import CANCEL_GRACE, Watcher
from jupyter_deploy.errors import Unavailable
from jupyter_deploy.testing.fakes import write_ledger
from jupyter_deploy.testing.samples import closing

from .conftest import NOTEBOOK, Parts

BEGUN = [ledger.attempt_started("sales.ipynb", 3), ledger.cell_started(0, 1, 3)]
OUTPUT = {"output_type": "stream", "name": "stdout", "text": "kept"}


@pytest.fixture
def running(parts: Parts) -> Parts:
    """Run 1 has a live runner."""
    parts.deploy()
    parts.queue()
    parts.dispatcher.fill()
    return parts


def test_progress_comes_from_the_ledger(running: Parts) -> None:
    assert running.watcher.progress(1) is None
    write_ledger(running.folder(1), BEGUN)
    assert running.watcher.progress(1) == Progress(1, 3)
    write_ledger(running.folder(1), [ledger.cell_started(2, 2, 3)])
    assert running.watcher.progress(1) == Progress(2, 3)
    assert running.service.run(1).progress == Progress(2, 3)
    assert running.watcher.progress(7) is None


def test_a_line_that_is_half_written_waits_for_its_end(running: Parts) -> None:
    path = running.folder(1) / "ledger.jsonl"
    write_ledger(running.folder(1), BEGUN)
    whole = path.read_bytes()
    path.write_bytes(whole[:-5])
    assert running.watcher.progress(1) == Progress(0, 3)
    path.write_bytes(whole)
    assert running.watcher.progress(1) == Progress(1, 3)


def test_a_record_that_was_deleted_is_no_sign_that_nothing_was_executed(running: Parts) -> None:
    write_ledger(running.folder(1), BEGUN)
    assert running.watcher.check() is False
    (running.folder(1) / "ledger.jsonl").unlink()
    running.executor.end(1)
    running.watcher.check()
    run = running.run(1)
    assert (run.state, run.fault, run.attempts[0].outcome) == ("failed", "lost", "record lost")


def test_as_long_as_the_runner_lives_nothing_ends(running: Parts) -> None:
    write_ledger(running.folder(1), [*BEGUN, Finished("completed").draft()])
    assert running.watcher.check() is False
    assert running.run(1).state == "running"


def test_the_end_is_judged_from_the_ledger(running: Parts) -> None:
    outputs = [{"name": "a.csv", "media_type": "text/csv", "size": 1, "digest": "sha256:0"}]
    write_ledger(running.folder(1), [*BEGUN, Finished("completed", outputs=outputs).draft()])
    running.executor.end(1)
    running.clock.move(minutes=5)
    assert running.watcher.check() is True
    run = running.run(1)
    assert (run.state, run.verdict, run.progress) == ("succeeded", "succeeded", Progress(1, 3))
    assert [item.name for item in run.outputs] == ["a.csv"]
    assert run.ended_at == running.clock.now()
    assert running.executor.calls[-1] == ("kill", 1)  # what the notebook left behind
    assert len(running.watcher) == 0
    assert running.watcher.check() is False


def test_a_runner_that_dies_leaves_its_outputs(running: Parts) -> None:
    cell = nbformat.v4.new_code_cell("print('kept')")
    blob = running.folder(1) / "blob"
    blob.write_text(nbformat.writes(nbformat.v4.new_notebook(cells=[cell])))
    task = running.folder(1) / "task.json"
    task.write_text(json.dumps({"notebook": {"path": "sales.ipynb", "blob": str(blob)}}))
    write_ledger(running.folder(1), [*BEGUN, ledger.output(0, OUTPUT)])
    running.executor.end(1)
    running.watcher.check()
    run = running.run(1)
    assert (run.state, run.fault, run.cell) == ("failed", "lost", 0)
    [output] = run.outputs
    notebook = nbformat.read(running.folder(1) / output.name, as_version=4)
    assert notebook.cells[0].outputs[0].text == "kept"
    path, media_type = running.service.output(1, "output.ipynb")
    assert (path.stat().st_size, media_type) == (output.size, output.media_type)


DAMAGE = [
    b"\xff\x00 not JSON\n",
    b"[]\n",
    b"3\n",
    b"{}\n",
    b'{"seq": "one", "at": "", "kind": "output", "cell": 0, "output": {}}\n',
    b'{"seq": 9, "at": "", "kind": "unknown"}\n',
    b'{"seq": 9, "at": "", "kind": []}\n',
    b'{"seq": 9, "at": "", "kind": "cell_started"}\n',
    b'{"seq": 9, "at": "", "kind": "warning"}\n',
    b'{"seq": 9, "at": "", "kind": "output", "cell": "x", "output": 3}\n',
    b'{"seq": 9, "at": "", "kind": "finished"}\n',
    b'{"seq": 9, "at": "", "kind": "finished", "outcome": []}\n',
    b'{"seq": 9, "at": "", "kind": "finished", "outcome": "error", "error": 3}\n',
    b'{"seq": 9, "at": "", "kind": "finished", "outcome": "completed", "outputs": [{}]}\n',
    b'{"seq": 9, "at": "", "kind": "finished", "outcome": "completed", "outputs": 3}\n',
    b'{"seq": 9, "at": "", "kind": "finished", "outcome": "error", "cell": "x", "never_ran": 1}\n',
    b"[" * 100_000 + b"\n",
]


@pytest.mark.parametrize("line", DAMAGE, ids=range(len(DAMAGE)))
def test_a_damaged_ledger_ends_its_run_all_the_same(running: Parts, line: bytes) -> None:
    write_ledger(running.folder(1), BEGUN)
    with open(running.folder(1) / "ledger.jsonl", "ab") as file:
        file.write(line)
    assert running.service.run(1).progress == Progress(1, 3)
    entries, _ended = running.service.ledger(1)
    assert [entry.kind for entry in entries][:2] == ["attempt_started", "cell_started"]
    running.executor.end(1)
    assert running.watcher.check() is True
    run = running.run(1)
    assert (run.state, run.verdict) == ("failed", "failed")
    assert run.reason


def test_an_end_that_cannot_be_written_is_tried_again(running: Parts) -> None:
    write_ledger(running.folder(1), [*BEGUN, Finished("completed").draft()])
    running.executor.end(1)
    running.store.broken = {"close"}
    with pytest.raises(Unavailable):
        running.watcher.check()
    running.store.broken = set()
    assert running.watcher.check() is True
    assert running.run(1).state == "succeeded"


def test_a_stale_end_is_discarded(running: Parts) -> None:
    running.store.close(1, 1, closing(), running.clock.now())
    running.executor.end(1)
    assert running.watcher.check() is True
    assert running.run(1).state == "succeeded"
    assert len(running.watcher) == 0


def test_cancelling_asks_once_and_kills_after_the_grace(running: Parts) -> None:
    running.executor.obedient = False
    for _ in range(2):
        running.service.cancel(1)
    assert running.executor.calls[1:] == [("cancel", 1)]
    running.clock.time += CANCEL_GRACE
    assert running.watcher.check() is False
    running.clock.move(seconds=1)
    running.watcher.check()
    assert ("kill", 1) in running.executor.calls
    assert running.watcher.check() is True
    run = running.run(1)
    assert (run.state, run.verdict, run.fault) == ("cancelled", None, "cancelled")


def test_a_cancelled_run_that_was_done_already_keeps_its_verdict(running: Parts) -> None:
    write_ledger(running.folder(1), [*BEGUN, Finished("completed").draft()])
    running.service.cancel(1)
    running.watcher.check()
    assert running.run(1).state == "succeeded"


def successor(parts: Parts) -> Watcher:
    """The watcher of the next engine."""
    return Watcher(parts.store, parts.executor, parts.clock, parts.folder(1).parents[1], "here")


def test_the_next_engine_adopts_a_living_runner(running: Parts) -> None:
    watcher = successor(running)
    watcher.adopt()
    assert len(watcher) == 1
    assert watcher.check() is False
    write_ledger(running.folder(1), [*BEGUN, Finished("completed").draft()])
    running.executor.end(1)
    assert watcher.check() is True
    assert running.run(1).state == "succeeded"


def test_the_next_engine_closes_what_died_meanwhile(running: Parts) -> None:
    running.executor.end(1)
    watcher = successor(running)
    watcher.adopt()
    assert watcher.check() is True
    assert running.run(1).fault == "lost"


def test_a_claim_of_which_nothing_was_executed_is_queued_again(parts: Parts) -> None:
    parts.deploy()
    parts.queue()
    parts.store.claim(1, "fake", parts.clock.now(), "here")
    parts.watcher.adopt()
    parts.watcher.check()
    run = parts.run(1)
    assert (run.state, run.not_before) == ("queued", parts.clock.now())
    assert run.attempts[0].outcome == "never started"


def test_a_run_that_deletes_its_folder_is_not_taken_for_one_that_never_began(
    running: Parts,
) -> None:
    write_ledger(running.folder(1), BEGUN)
    assert running.watcher.check() is False
    shutil.rmtree(running.folder(1))
    running.executor.end(1)
    assert running.watcher.check() is True
    assert running.run(1).attempts[0].outcome == "record lost"


def test_a_run_that_never_starts_is_not_tried_for_ever(parts: Parts) -> None:
    parts.deploy()
    parts.queue()
    for _ in range(3):
        parts.store.claim(1, "fake", parts.clock.now(), "here")
        parts.watcher.adopt()
        parts.watcher.check()
    assert (parts.run(1).state, parts.run(1).fault) == ("failed", "lost")
    assert "before the notebook began" in str(parts.run(1).reason)


def test_a_wish_to_cancel_is_adopted_too(running: Parts) -> None:
    running.store.request_cancel(1, running.clock.now())
    watcher = successor(running)
    watcher.adopt()
    assert running.executor.calls[-1] == ("cancel", 1)
    watcher.check()
    assert running.run(1).state == "cancelled"


def test_the_source_is_what_was_captured(running: Parts) -> None:
    assert running.service.source(1).read_bytes() == NOTEBOOK
