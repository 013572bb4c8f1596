"""From queued runs to runners."""

from __future__ import annotations

import json

import pytest

from jupyter_deploy.domain.bundle import CapturedFile, digest_of
from jupyter_deploy.domain.caps import Caps
from jupyter_deploy.errors import Unavailable
from jupyter_deploy.runner.task import read_task
from jupyter_deploy.testing.samples import bundle

from .conftest import NOTEBOOK, Parts


def test_as_many_run_as_there_are_slots(parts: Parts) -> None:
    parts.deploy()
    parts.queue(count=5)
    assert parts.dispatcher.fill() is True
    assert parts.executor.started() == [1, 2]
    assert parts.dispatcher.fill() is False
    parts.executor.end(1)
    parts.watcher.check()
    assert parts.dispatcher.fill() is True
    assert parts.executor.started() == [1, 2, 3]
    assert list(parts.store.backlog(["sales"]).open_runs["sales"]) == [2, 3, 4, 5]


def test_nothing_is_queued(parts: Parts) -> None:
    assert parts.dispatcher.fill() is False


def test_the_task_is_what_the_runner_reads(parts: Parts) -> None:
    parts.blobs.put(digest_of(b"a"), [b"a"])
    extra = CapturedFile("lib/a.py", digest_of(b"a"), 1)
    parts.deploy(bundle=bundle("notebooks/sales.ipynb", NOTEBOOK, files=(extra,)))
    parts.queue()
    parts.dispatcher.fill()
    task = read_task(parts.folder(1))
    assert (task.run_id, task.deployment, task.kernel) == (1, "sales", "python3")
    assert task.notebook.path == "notebooks/sales.ipynb"
    assert task.notebook.blob.read_bytes() == NOTEBOOK
    assert [(item.path, item.blob.read_bytes()) for item in task.files] == [("lib/a.py", b"a")]
    document = json.loads((parts.folder(1) / "task.json").read_text())
    assert (document["fence"], document["version"]) == (1, 1)
    assert task.caps == Caps(1000, 2000)


def test_a_process_that_cannot_be_started(parts: Parts) -> None:
    parts.deploy()
    parts.queue()
    parts.executor.refusal = OSError("no more processes")
    assert parts.dispatcher.fill() is True
    run = parts.run(1)
    assert (run.state, run.fault) == ("failed", "infrastructure")
    assert run.reason == "The run could not be started: no more processes"
    assert run.attempts[0].outcome == "not started"
    assert len(parts.watcher) == 0


def test_a_captured_file_that_is_gone(parts: Parts) -> None:
    parts.deploy(bundle=bundle("sales.ipynb", b"never stored"))
    parts.deploy("other")
    parts.queue()
    parts.queue("other")
    parts.dispatcher.fill()
    assert parts.run(1).state == "failed"
    assert "not stored" in str(parts.run(1).reason)
    assert parts.run(2).state == "running"


def test_a_folder_that_is_there_already_is_not_used(parts: Parts) -> None:
    """An attempt starts at most once."""
    parts.deploy()
    parts.queue()
    parts.folder(1).mkdir(parents=True)
    parts.dispatcher.fill()
    assert parts.run(1).state == "failed"
    assert parts.executor.started() == []


def test_a_refusal_that_cannot_be_written_is_not_forgotten(parts: Parts) -> None:
    parts.deploy()
    parts.queue(count=2)
    parts.folder(1).mkdir(parents=True)
    parts.store.broken = {"close"}
    with pytest.raises(Unavailable):
        parts.dispatcher.fill()
    assert parts.executor.started() == []
    assert [parts.run(number).state for number in (1, 2)] == ["running", "running"]
    parts.store.broken = set()
    assert parts.watcher.check() is True
    assert [parts.run(number).state for number in (1, 2)] == ["queued", "queued"]
    parts.dispatcher.fill()
    assert parts.executor.started() == [1, 2]
