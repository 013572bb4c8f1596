"""What survives when the engine or a runner is killed."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest

from jupyter_deploy.errors import Unavailable

from .conftest import Place, until

Make = Callable[..., Place]


def steps(witness: Path) -> list[str]:
    """Cells that write a line outside: executed twice would be two lines.

    All but the first wait until `release` is called.
    """
    wait = f"import os, time\nwhile not os.path.exists({str(witness) + '.go'!r}): time.sleep(0.02)"
    say = "print('step', {0}, flush=True)\nprint({0}, file=open({1!r}, 'a'))"
    cells = [say.format(number, str(witness)) for number in range(3)]
    return [cells[0], f"{wait}\n{cells[1]}", cells[2]]


def release(witness: Path) -> None:
    witness.with_name("witness.go").touch()


def test_between_two_runs(place: Place) -> None:
    place.deploy("plain", "print('here')")
    before = place.ended(place.client.start_run("plain", {}, "monday")["id"])
    place.kill_engine()
    place.start_engine()
    assert place.client.run(before["id"]) == before
    assert "here" in place.printed(before["id"])
    assert place.client.start_run("plain", {}, "monday")["id"] == before["id"]
    after = place.ended(place.run("plain"))
    assert (after["id"], after["verdict"]) == (before["id"] + 1, "succeeded")
    assert len(place.client.runs()["runs"]) == 2


def test_during_a_run_that_goes_on(place: Place, tmp_path: Path) -> None:
    place.deploy("long", *steps(tmp_path / "witness"))
    number = place.run("long")
    place.until_printed(number, "step 0")
    runner = place.runner(number)
    place.kill_engine()
    with pytest.raises(Unavailable):
        place.client.run(number)
    place.start_engine()
    run = place.client.run(number)
    assert (run["state"], run["attempts"][0]["fence"]) == ("running", 1)
    assert run["progress"]["cells"] == 3
    assert runner.is_running()
    release(tmp_path / "witness")
    check_complete(place, number, tmp_path / "witness")


def test_during_a_run_that_ends_without_an_engine(place: Place, tmp_path: Path) -> None:
    place.deploy("orphan", *steps(tmp_path / "witness"))
    number = place.run("orphan")
    place.until_printed(number, "step 0")
    runner = place.runner(number)
    place.kill_engine()
    release(tmp_path / "witness")
    until(lambda: not runner.is_running() or runner.status() == "zombie")
    place.start_engine()
    check_complete(place, number, tmp_path / "witness")


def check_complete(place: Place, number: int, witness: Path) -> None:
    run = place.ended(number)
    assert (run["state"], run["verdict"], run["reason"]) == ("succeeded", "succeeded", None)
    assert [attempt["outcome"] for attempt in run["attempts"]] == ["succeeded"]
    assert witness.read_text() == "0\n1\n2\n"
    document = nbformat.reads(place.client.output(number, "output.ipynb").decode(), 4)
    assert [cell.outputs[0].text for cell in document.cells] == [f"step {n}\n" for n in range(3)]
    kinds = [event["state"] for event in place.client.events(0)["events"] if event["run"] == number]
    assert kinds == ["queued", "running", "succeeded"]


def test_queued_runs_wait_for_the_next_engine(make_place: Make, tmp_path: Path) -> None:
    place = make_place(max_running=1)
    place.start_engine()
    place.deploy("queue", *steps(tmp_path / "witness"))
    numbers = [place.run("queue") for _ in range(3)]
    place.until_printed(numbers[0], "step 0")
    for _ in range(3):  # also while it starts, adopts or claims
        place.kill_engine()
        place.start_engine()
    release(tmp_path / "witness")
    runs = [place.ended(number) for number in numbers]
    assert [run["state"] for run in runs] == ["succeeded"] * 3
    assert {len(run["attempts"]) for run in runs} == {1}
    assert (tmp_path / "witness").read_text() == "0\n1\n2\n" * 3


def test_cancelling_is_not_forgotten(place: Place) -> None:
    place.deploy("stuck", "import time\nprint('begun', flush=True)\ntime.sleep(600)")
    number = place.run("stuck")
    place.until_printed(number, "begun")
    runner = place.runner(number)
    runner.suspend()  # it does not hear of the first request
    place.client.cancel(number)
    place.kill_engine()
    runner.resume()
    place.start_engine()
    assert place.ended(number, 15)["state"] == "cancelled"
    assert place.processes_of(number) == []


def test_a_killed_runner_is_noticed(place: Place) -> None:
    place.deploy("victim", "print('first')", "import time\nprint('second', flush=True)\ninput_ = 1",
                 "time.sleep(600)")  # fmt: skip
    number = place.run("victim")
    place.until_printed(number, "second")
    until(lambda: place.client.run(number)["progress"]["cell"] == 3)
    kernels = place.processes_of(number)
    place.runner(number).send_signal(signal.SIGKILL)
    killed = time.monotonic()
    run = place.ended(number, 5)
    assert time.monotonic() - killed < 1
    assert (run["state"], run["verdict"], run["fault"]) == ("failed", "failed", "lost")
    assert (run["cell"], run["attempts"][0]["outcome"]) == (2, "runner died")
    assert "in cell 3" in run["reason"]
    document = nbformat.reads(place.client.output(number, "output.ipynb").decode(), 4)
    texts = ["".join(o.text for o in cell.outputs) for cell in document.cells]
    assert texts == ["first\n", "second\n", ""]
    assert len(kernels) >= 2
    assert place.processes_of(number) == []


def test_a_runner_killed_while_no_engine_runs(place: Place) -> None:
    place.deploy("victim", "import time\nprint('begun', flush=True)\ntime.sleep(600)")
    number = place.run("victim")
    place.until_printed(number, "begun")
    runner = place.runner(number)
    place.kill_engine()
    runner.send_signal(signal.SIGKILL)
    place.start_engine()
    run = place.ended(number, 5)
    assert (run["fault"], run["cell"]) == ("lost", 0)
    assert "begun" in place.printed(number)
    assert place.processes_of(number) == []
