"""Retries, limits, priorities and overlap with real runners."""

from __future__ import annotations

import signal
from pathlib import Path

import nbformat
import psutil
import pytest

from .conftest import Place, finish, until

CHILD = "import subprocess\nchild = subprocess.Popen(['sleep', '600'], start_new_session=True)"
STUBBORN = (
    "import signal, time\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\n"
    "print('begun', flush=True)\ntime.sleep(600)"
)


def gated(gate: Path) -> str:
    """A cell that waits, in every attempt, until the gate is there."""
    return (
        "import os, time\nprint('begun', flush=True)\n"
        f"while not os.path.exists({str(gate)!r}): time.sleep(0.02)"
    )


def texts(place: Place, number: int) -> list[str]:
    """What the cells of the executed notebook have printed."""
    document = nbformat.reads(place.client.output(number, "output.ipynb").decode(), 4)
    return ["".join(item.get("text", "") for item in cell.outputs) for cell in document.cells]


def alive(processes: list[psutil.Process]) -> list[psutil.Process]:
    return [item for item in processes if item.is_running() and item.status() != "zombie"]


def test_a_killed_runner_is_tried_again(place: Place, tmp_path: Path) -> None:
    """As --retries 1 says it, only that nobody has to wait up to a minute."""
    gate, policies = tmp_path / "gate", {"retry": {"attempts": 2, "backoff": 1}}
    cells = ["print('first', flush=True)", gated(gate), "print('end')"]
    place.deploy("report", *cells, policies=policies)
    number = place.run("report")
    place.until_printed(number, "begun")
    victims = place.processes_of(number)
    assert len(victims) >= 2
    follower = place.start("logs", number, "--follow")
    assert follower.stdout is not None
    while "begun" not in follower.stdout.readline():
        pass
    place.runner(number).send_signal(signal.SIGKILL)
    until(lambda: "run.retried" in kinds(place, number))
    assert alive(victims) == []
    gate.touch()
    run = place.ended(number)
    assert (run["state"], run["verdict"], run["reason"]) == ("succeeded", "succeeded", None)
    attempts = [(attempt["fence"], attempt["outcome"]) for attempt in run["attempts"]]
    assert attempts == [(1, "runner died"), (2, "succeeded")]
    assert texts(place, number) == ["first\n", "begun\n", "end\n"]
    assert place.processes_of(number, 2) == []
    assert kinds(place, number) == [
        "run.queued",
        "run.started",
        "run.retried",
        "run.started",
        "run.finished",
    ]
    code, out, _err = finish(follower)
    assert code == 0
    assert [out.count(words) for words in ("first\n", "begun\n", "end\n")] == [1, 1, 1]


def kinds(place: Place, number: int) -> list[str]:
    return [item["kind"] for item in place.client.events(0)["events"] if item["run"] == number]


def waits_again(place: Place, number: int) -> dict[str, object] | None:
    run: dict[str, object] = place.client.run(number)
    return run if run["state"] == "queued" else None


def test_the_engine_dies_between_two_attempts(place: Place, tmp_path: Path) -> None:
    policies = {"retry": {"attempts": 2, "backoff": 600}}
    place.deploy("patient", gated(tmp_path / "gate"), policies=policies)
    number = place.run("patient")
    place.until_printed(number, "begun")
    place.runner(number).send_signal(signal.SIGKILL)
    before = until(lambda: waits_again(place, number))
    place.kill_engine()
    place.start_engine()
    assert place.client.run(number) == before
    assert place.client.cancel(number)["state"] == "cancelled"


def test_three_deaths_are_poisoned(place: Place) -> None:
    policies = {"retry": {"attempts": 9, "backoff": 0}}
    suicide = "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)"
    place.deploy("poison", suicide, policies=policies)
    run = place.ended(place.run("poison"))
    assert (run["state"], run["fault"]) == ("failed", "infrastructure")
    outcomes = [attempt["outcome"] for attempt in run["attempts"]]
    assert outcomes == ["kernel died", "kernel died", "poisoned"]
    assert "it has ended so 3 times" in run["reason"]


@pytest.mark.parametrize(
    ("timeout", "cell", "words"),
    [
        ({"cell": 2}, "import time\ntime.sleep(600)", "The cell took longer than its limit of 2"),
        ({"run": 9}, "import time\ntime.sleep(600)", "The run took longer than its limit of 9"),
        ({"cell": 2}, STUBBORN, "The cell took longer than its limit of 2"),
    ],
    ids=["cell", "run", "stubborn"],
)
def test_a_limit_ends_the_run_with_its_own_reason(
    shared: Place, request: pytest.FixtureRequest, timeout: dict[str, int], cell: str, words: str
) -> None:
    name = f"limit-{request.node.callspec.id}"
    shared.deploy(name, "print('kept')", CHILD, cell, "'never'", policies={"timeout": timeout})
    number = shared.run(name)
    until(lambda: len(shared.entries(number, "cell_started")) == 3)
    processes = shared.processes_of(number)
    assert len(processes) >= 3  # runner, kernel and what the notebook started
    run = shared.ended(number, 30)
    assert (run["state"], run["verdict"], run["fault"]) == ("failed", "failed", "timeout")
    assert (run["cell"], [item["outcome"] for item in run["attempts"]]) == (2, ["timed out"])
    assert run["reason"].startswith(words)
    assert texts(shared, number)[0] == "kept\n"
    assert alive(processes) == []
    assert shared.processes_of(number) == []


def test_one_at_a_time_though_there_are_slots(shared: Place, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    shared.deploy("single", gated(gate), policies={"max_running": 1})
    shared.deploy("beside", "1")
    numbers = [shared.run("single") for _ in range(2)]
    shared.until_printed(numbers[0], "begun")
    assert shared.ended(shared.run("beside"))["state"] == "succeeded"  # a slot was free
    states = [shared.client.run(number)["state"] for number in numbers]
    assert states == ["running", "queued"]
    gate.touch()
    first, second = [shared.ended(number) for number in numbers]
    assert (first["state"], second["state"]) == ("succeeded", "succeeded")
    assert first["ended_at"] <= second["started_at"]


def test_what_waits_too_long_never_starts(shared: Place, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    policies = {"max_running": 1, "timeout": {"queue": 1}}
    shared.deploy("impatient", gated(gate), policies=policies)
    first = shared.run("impatient")
    shared.until_printed(first, "begun")
    run = shared.ended(shared.run("impatient"), 10)
    assert (run["state"], run["fault"], run["attempts"]) == ("failed", "timeout", [])
    assert "never started" in run["reason"]
    gate.touch()
    assert shared.ended(first)["state"] == "succeeded"
