"""The named bad cases, each through a real engine: state, fault and the sentence."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pytest
from nbformat.v4 import new_code_cell

from .conftest import Place


@dataclass(frozen=True)
class Case:
    """A notebook's cells and its end: state or verdict, fault, attempt's outcome, words, cell."""

    cells: tuple[str, ...]
    verdict: str
    fault: str | None = None
    outcome: str = "succeeded"
    words: str | None = None
    cell: int | None = None
    tag: str | None = None
    parameters: str | None = None


PRINT = "print('so far')"
CASES = {
    "killed": Case(
        (PRINT, "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", "1"),
        "failed", "infrastructure", "kernel died", "memory ran out", 1,
    ),
    "crashed": Case(
        (PRINT, "import ctypes\nctypes.string_at(0)"),
        "failed", "infrastructure", "kernel died", "SIGSEGV", 1,
    ),
    "os-exit": Case(
        (PRINT, "import os\nos._exit(0)"),
        "failed", "infrastructure", "kernel died", "code 0", 1,
    ),
    "sys-exit": Case(
        (PRINT, "import sys\nsys.exit(0)", "2", "3"),
        "succeeded_with_warnings", None, "succeeded", "cells 3 and 4 never ran", 1,
    ),
    "sys-exit-1": Case(
        (PRINT, "import sys\nsys.exit(1)"), "failed", "notebook", "failed", "code 1", 1
    ),
    "tagged": Case(("1 / 0",), "succeeded", tag="raises-exception"),
    "asks": Case(("input('who? ')", PRINT), "failed", "notebook", "failed", "asks for input", 0),
    "shell": Case(
        (PRINT, "!false"), "succeeded_with_warnings", None, "succeeded", "exit code 1", 1
    ),
    "thread": Case(
        ("import threading\nt = threading.Thread(target=lambda: 1 / 0)\nt.start()\nt.join()",),
        "succeeded_with_warnings", None, "succeeded", "ZeroDivisionError", 0,
    ),
    "task": Case(
        ("import asyncio\nasync def f():\n    1 / 0\nt = asyncio.create_task(f())",
         "await asyncio.sleep(0.1)"),
        "succeeded_with_warnings", None, "succeeded", "ZeroDivisionError", 1,
    ),
    "raises": Case((PRINT, "1 / 0", "2"), "failed", "notebook", "failed", "ZeroDivisionError", 1),
    "deep-json": Case(
        ("from IPython.display import display\nx = 1\nfor _ in range(200): x = [x]\n"
         "display({'application/json': x, 'text/plain': 'deep'}, raw=True)\nprint('so far')",),
        "succeeded",
    ),
    "loud": Case(
        ("for _ in range(100): print('x' * 1_000_000)",),
        "succeeded_with_warnings", None, "succeeded", "Output was cut", 0,
    ),
    "chatty": Case(("for n in range(200_000): print(n)",), "succeeded"),
    "quoted": Case(
        ("print('so far', text)",), "succeeded", parameters="text = 'it\\'s \"\"\" {x} $(x)\\n'"
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def runs(shared: Place) -> dict[str, int]:
    """All of them started, so that they wait for each other's kernels."""
    started = {}
    for name, case in CASES.items():
        cells = [new_code_cell(source) for source in case.cells]
        if case.tag:
            cells[0].metadata["tags"] = [case.tag]
        shared.deploy(name, *cells, parameters=case.parameters)
        started[name] = shared.run(name)
    return started


@pytest.mark.parametrize("name", CASES)
def test_ends_as_promised(shared: Place, runs: dict[str, int], name: str) -> None:
    case, run = CASES[name], shared.ended(runs[name])
    assert (run["verdict"], run["fault"], run["cell"]) == (case.verdict, case.fault, case.cell), run
    assert [attempt["outcome"] for attempt in run["attempts"]] == [case.outcome]
    if case.words is None:
        assert run["reason"] is None
    else:
        assert case.words in run["reason"]
        assert "\n" not in run["reason"]
    assert "output.ipynb" in {output["name"] for output in run["outputs"]}
    document = json.loads(shared.client.output(run["id"], "output.ipynb"))
    if any("so far" in source for source in case.cells) and name != "asks":
        assert "so far" in json.dumps([cell["outputs"] for cell in document["cells"]])
    assert b"<html" in shared.client.output(run["id"], "output.html")
    assert shared.processes_of(run["id"]) == []


def test_half_characters_do_no_harm(shared: Place) -> None:
    """ipykernel stumbles over them and may lose what follows: that is said then."""
    # It may even lose its reply, and then only a limit ends the run.
    again = {"retry": {"attempts": 4, "backoff": 0, "on": ["timeout"]}, "timeout": {"run": 30}}
    cells = (PRINT, "print('\\ud800 \\x00')", "print('goes on')")
    shared.deploy("half", *cells, policies=again)
    run = shared.ended(shared.run("half"), 150)
    assert run["state"] == "succeeded", run
    if run["verdict"] != "succeeded":
        assert "Outputs may be incomplete" in run["reason"]
    assert "so far" in shared.printed(run["id"])


def test_a_kernel_that_went_after_deploying(shared: Place) -> None:
    folder = shared.data / "kernels" / "passing"
    folder.mkdir(parents=True)
    python = ["python", "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    spec = {"argv": python, "display_name": "Passing", "language": "python"}
    (folder / "kernel.json").write_text(json.dumps(spec))
    shared.notebook("passing.ipynb", "1")
    shared.json("notebook", "passing.ipynb", "--kernel", "passing")
    assert shared.ended(shared.run("passing"))["verdict"] == "succeeded"
    (folder / "kernel.json").unlink()
    run = shared.ended(shared.run("passing"))
    assert (run["fault"], run["attempts"][0]["outcome"]) == ("infrastructure", "kernel not found")
    assert "'passing' is not installed" in run["reason"]
    assert run["duration"] < 5
    assert shared.error("notebook", "passing.ipynb", "--kernel", "passing")["field"] == "kernel"


STUBBORN = """
import os, signal, subprocess, time
for number in (signal.SIGINT, signal.SIGTERM):
    signal.signal(number, signal.SIG_IGN)
subprocess.Popen(["sleep", "600"], start_new_session=True)
subprocess.Popen(["sleep", "600"], start_new_session=True, env={})
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        while True: time.sleep(1)
    os._exit(0)
print('ready', flush=True)
while True:
    try: time.sleep(600)
    except KeyboardInterrupt: pass
"""


def test_cancel_ends_what_ignores_every_signal(shared: Place) -> None:
    shared.deploy("stubborn", PRINT, STUBBORN, "1")
    number = shared.run("stubborn")
    shared.until_printed(number, "ready")
    family = [p for p in shared.runner(number).children(recursive=True) if p.is_running()]
    assert len(shared.processes_of(number)) >= 4
    assert shared.json("cancel", number)["state"] in ("running", "cancelled")
    run = shared.ended(number, 15)
    assert (run["state"], run["verdict"], run["fault"]) == ("cancelled", None, "cancelled")
    assert run["cell"] == 1
    assert "so far" in shared.printed(number)
    assert shared.processes_of(number) == []
    assert [p for p in family if p.is_running() and p.status() != "zombie"] == []
    assert shared.error("cancel", number)["type"] == "conflict"
