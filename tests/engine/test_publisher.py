"""Good runs become what readers see, or a sentence says why not; with real processes."""

from __future__ import annotations

import errno
import json
import os
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from jupyter_deploy.artifacts.files import FileBlobStore
from jupyter_deploy.artifacts.shared import SharedBlobStore
from jupyter_deploy.domain.bundle import digest_of
from jupyter_deploy.domain.publishing import Publication, read_outputs
from jupyter_deploy.domain.runs import OutputFile
from jupyter_deploy.engine.publisher import Publisher
from jupyter_deploy.testing.samples import closing

from .conftest import Parts

METRIC = {"name": "auc", "value": 0.5}
NOTEBOOK = {
    "nbformat": 4,
    "nbformat_minor": 5,
    "metadata": {},
    "cells": [
        {
            "cell_type": "code",
            "id": "a",
            "metadata": {},
            "source": "secret_code",
            "execution_count": 1,
            "outputs": [
                {
                    "output_type": "display_data",
                    "metadata": {},
                    "data": {"application/vnd.jupyter-deploy.metric.v1+json": METRIC},
                }
            ],
        }
    ],
}
OUTPUTS = {"auc": {"metric": "auc"}, "model": {"file": "model.bin"}}
FILES = {"output.ipynb": json.dumps(NOTEBOOK).encode(), "model.bin": b"model"}


class Publishing:
    """A publisher whose work is waited for."""

    def __init__(self, parts: Parts, folder: Path) -> None:
        self.parts: Any = parts
        self.folder = folder
        self.begin()

    def begin(self) -> None:
        """As after a start of the engine."""
        parts = self.parts
        self.publisher = Publisher(
            parts.store, parts.blobs, parts.watcher, parts.clock, self.folder
        )
        self._woken = threading.Event()
        self.publisher.wake = self._woken.set

    def run(self, files: dict[str, bytes] = FILES, media_type: str = "a/x", **outputs: Any) -> int:
        """A run that has left these files."""
        parts = self.parts
        parts.deploy(outputs=read_outputs(outputs or OUTPUTS))
        [number] = parts.queue()
        parts.dispatcher.fill()
        for name, content in files.items():
            path = parts.folder(number) / ("" if name == "output.ipynb" else "work") / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        kept = tuple(
            OutputFile(name, media_type, len(content), digest_of(content))
            for name, content in files.items()
        )
        placement = parts.watcher.placement(number, 1)
        assert parts.watcher.end(placement, closing(outputs=kept))
        parts.executor.end(number)
        parts.watcher.forget(placement)
        return number

    def step(self) -> None:
        """Begin, wait for what comes of it, and note it."""
        self._woken.clear()
        self.publisher.tick()
        assert self._woken.wait(100)
        self.publisher.tick()

    def victim(self) -> psutil.Process:
        """The process that makes the outputs, as soon as it is there."""
        while True:
            for child in psutil.Process().children():
                if "jupyter_deploy.publishing" in child.cmdline():
                    return child

    def shown(self, number: int) -> Publication:
        return self.parts.store.publication("sales", number)


@pytest.fixture
def publishing(parts: Parts, tmp_path: Path) -> Publishing:
    return Publishing(parts, tmp_path / "publishing")


def test_outputs_are_stored_and_shown(publishing: Publishing) -> None:
    number = publishing.run()
    publishing.step()
    found = publishing.shown(number)
    assert found.problem is None
    metric, model = found.outputs
    assert (metric.name, metric.value, metric.digest) == ("auc", 0.5, None)
    assert (model.filename, model.size) == ("model.bin", 5)
    assert publishing.parts.blobs.path(model.digest or "").read_bytes() == b"model"
    assert list(publishing.folder.iterdir()) == []
    assert not publishing.publisher.busy


def test_all_or_nothing(publishing: Publishing) -> None:
    outputs = {**OUTPUTS, "scores": {"table": "scores"}}
    number = publishing.run(**outputs)
    publishing.step()
    found = publishing.shown(number)
    assert found.outputs == ()
    assert "'scores' cannot be made. The run has shown no table" in (found.problem or "")
    assert publishing.parts.store.newest_publication("sales") is None


def test_a_lost_file_keeps_nobody_else_waiting(
    publishing: Publishing, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Engines that share their files find one gone that ran elsewhere."""
    publishing.parts.dispatcher.slots = 2
    lost, good = publishing.run(), publishing.run()
    (publishing.parts.folder(lost) / "work" / "model.bin").unlink()
    monkeypatch.setattr(type(publishing.parts.blobs), "shared", True)
    publishing.publisher.tick()
    assert "cannot be published" in (publishing.shown(lost).problem or "")
    monkeypatch.undo()
    publishing.step()
    assert publishing.shown(good).good


def test_one_after_another(publishing: Publishing) -> None:
    numbers = [publishing.run() for _ in range(2)]
    publishing.step()
    assert publishing.publisher.busy  # the next one was begun at once
    publishing.step()
    assert all(publishing.shown(number).good for number in numbers)


def test_what_a_notebook_changed_later_is_not_published(publishing: Publishing) -> None:
    number = publishing.run()
    (publishing.parts.folder(number) / "work" / "model.bin").write_bytes(b"other")
    publishing.step()
    assert "changed after the run had ended" in (publishing.shown(number).problem or "")


def test_links_lead_nowhere(publishing: Publishing, tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"model")  # even with the content that was promised
    number = publishing.run()
    place = publishing.parts.folder(number) / "work" / "model.bin"
    place.unlink()
    place.symlink_to(tmp_path / "secret")
    publishing.step()
    assert "has written no file 'model.bin'" in (publishing.shown(number).problem or "")


def test_a_pipe_is_no_file(publishing: Publishing) -> None:
    number = publishing.run()
    place = publishing.parts.folder(number) / "work" / "model.bin"
    place.unlink()
    os.mkfifo(place)
    publishing.step()
    assert "no longer a plain file" in (publishing.shown(number).problem or "")


@pytest.mark.parametrize(
    "content",
    [b"", b"{}", b"[]", b'{"cells": [1, {"outputs": 2}, {"outputs": [3, {"data": 4}]}]}', b"\xff",
     b"[" * 100_000],
    ids=["empty", "object", "list", "nonsense", "binary", "deep"],
)  # fmt: skip
def test_notebooks_that_are_none(publishing: Publishing, content: bytes) -> None:
    number = publishing.run({"output.ipynb": content})
    publishing.step()
    assert publishing.shown(number).problem


def test_a_killed_process_is_begun_again(publishing: Publishing) -> None:
    number = publishing.run()
    publishing.publisher.tick()
    publishing.victim().kill()
    publishing.step()
    publishing.step()
    assert publishing.shown(number).good


def test_a_run_that_brings_it_down_twice_is_given_up(publishing: Publishing) -> None:
    bad, good = publishing.run(), publishing.run()
    publishing.publisher.tick()
    for _ in range(2):
        publishing.victim().kill()
        publishing.step()
    assert "cannot be published" in (publishing.shown(bad).problem or "")
    publishing.step()
    assert publishing.shown(good).good


def test_a_new_engine_goes_on_where_the_old_one_was_killed(publishing: Publishing) -> None:
    number = publishing.run()
    publishing.publisher.tick()
    publishing.victim()
    (publishing.folder / "left").mkdir(exist_ok=True)
    publishing.publisher.close()
    publishing.begin()
    assert not publishing.folder.exists()
    publishing.step()
    assert publishing.shown(number).good


def test_a_forged_media_type_is_no_header(publishing: Publishing) -> None:
    number = publishing.run(media_type="text/html\r\nX-Other: 1")
    publishing.step()
    model = publishing.shown(number).output("model")
    assert model is not None
    assert model.media_type == "application/octet-stream"


class Remote:
    """What engines share, as they see it."""

    def __init__(self) -> None:
        self.held: dict[str, bytes] = {}

    def has(self, digest: str) -> bool:
        return digest in self.held

    def put(self, digest: str, path: Path) -> None:
        self.held[digest] = path.read_bytes()

    def get(self, digest: str) -> Iterator[bytes]:
        yield self.held[digest]


def test_what_another_engine_left_is_published_from_what_is_shared(
    publishing: Publishing, tmp_path: Path
) -> None:
    number = publishing.run()
    folder, remote = publishing.parts.folder(number), Remote()
    shared = SharedBlobStore(FileBlobStore(tmp_path / "local"), remote)
    for content in FILES.values():
        shared.put(digest_of(content), [content])
    folder.rename(tmp_path / "elsewhere")
    publishing.parts.blobs = shared
    publishing.parts.watcher.engine = "another"
    publishing.begin()
    publishing.publisher.tick()
    assert not publishing.publisher.busy  # it is left to its own engine for a while
    publishing.parts.clock.move(minutes=6)
    publishing.parts.watcher.closed += 1
    publishing.step()
    assert publishing.shown(number).good


def test_the_lease_is_held_between_files(publishing: Publishing, tmp_path: Path) -> None:
    number, held = publishing.run(), []
    publishing.parts.blobs = SharedBlobStore(FileBlobStore(tmp_path / "local"), Remote())
    publishing.begin()
    publishing.publisher.hold = lambda: held.append(threading.current_thread())
    publishing.step()
    assert publishing.shown(number).good
    assert held == [threading.current_thread()] * 2  # databases have one thread


class FullBlobs(FileBlobStore):
    """A disk that is full for a while."""

    full = True

    def put(self, digest: str, chunks: Iterable[bytes]) -> None:
        if self.full:
            raise OSError(errno.ENOSPC, "No space left on device")
        super().put(digest, chunks)


def test_a_full_disk_only_delays(publishing: Publishing, tmp_path: Path) -> None:
    number = publishing.run()
    blobs = FullBlobs(tmp_path / "blobs")
    publishing.parts.blobs = blobs
    publishing.begin()
    publishing.step()
    assert publishing.shown(number).published_at is None
    blobs.full = False
    publishing.parts.watcher.closed += 1  # as when another run has ended
    publishing.step()
    assert publishing.shown(number).good


def test_retention_removes_what_nobody_is_shown(publishing: Publishing) -> None:
    first = publishing.run({**FILES, "model.bin": b"first"})
    publishing.step()
    publishing.parts.clock.move(hours=1)
    second = publishing.run({**FILES, "model.bin": b"second"})
    publishing.step()
    third = publishing.run({"output.ipynb": FILES["output.ipynb"]})  # good, and nothing to show
    publishing.step()
    publishing.parts.clock.move(days=9)
    publishing.parts.service.retention.prune(1)
    blobs = publishing.parts.blobs
    assert [blobs.has(digest_of(content)) for content in (b"first", b"second")] == [False, True]
    shown = publishing.parts.store.newest_publication("sales")
    assert shown is not None
    assert shown.run == second
    kept = [publishing.parts.run(number).pruned_at is None for number in (first, second, third)]
    assert kept == [False, False, True]
