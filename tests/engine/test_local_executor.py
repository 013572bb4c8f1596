"""Runners as processes: what the engine is told of them is true."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from jupyter_deploy.executors.local import LocalExecutor
from jupyter_deploy.family import COOKIE
from jupyter_deploy.ports.executor import Placement


def members(placement: Placement) -> list[int]:
    """Live processes of the attempt."""
    found = []
    for process in psutil.Process().children():
        with suppress(psutil.Error):  # the remains of other tests
            if process.environ().get(COOKIE) == str(placement.folder):
                found.append(process.pid)
    return found


@pytest.fixture
def placement(tmp_path: Path) -> Placement:
    return Placement(1, 1, tmp_path)


def test_a_start_that_fails_leaves_no_process(placement: Placement) -> None:
    (placement.folder / "pid").mkdir()
    executor = LocalExecutor()
    with pytest.raises(OSError):
        executor.start(placement)
    assert not executor.alive(placement)
    assert members(placement) == []


def test_a_folder_that_another_runner_holds(placement: Placement) -> None:
    first, second = LocalExecutor(), LocalExecutor()
    first.start(placement)
    with pytest.raises(OSError):
        second.start(placement)
    runner = psutil.Process(int((placement.folder / "pid").read_text()))
    first.kill(placement)
    runner.wait(20)
    assert not first.alive(placement)


def test_nothing_happens_to_what_was_never_started(placement: Placement) -> None:
    executor = LocalExecutor()
    executor.cancel(placement)
    executor.kill(placement)
    assert not executor.alive(placement)
