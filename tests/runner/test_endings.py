"""How notebooks end, with real kernels."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from conftest import Attempt, code, text

Make = Callable[..., Attempt]


def test_success_with_parameters(attempt: Make) -> None:
    run = attempt(
        text("# Title"), code("n = 1\nname = 'x'", "parameters"), "print(n * 2, name)",
        parameters={"n": 21, "name": "it's"},
    ).run()  # fmt: skip
    assert run.verdict().verdict == "succeeded"
    assert run.stream(3) == "42 it's\n"
    assert "injected-parameters" in run.notebook.cells[2].metadata.tags
    assert run.notebook.metadata.papermill.parameters == {"n": 21, "name": "it's"}
    cells = [
        (e.data["cell"], e.data["number"], e.data["cells"]) for e in run.of_kind("cell_started")
    ]
    assert cells == [(1, 1, 3), (None, 2, 3), (2, 3, 3)]
    assert [o["name"] for o in run.finished["outputs"]] == ["output.ipynb"]


def test_error(attempt: Make) -> None:
    run = attempt("print('before')", "raise ValueError('boom')", "print('after')").run()
    verdict = run.verdict()
    assert (verdict.verdict, verdict.fault, verdict.cell) == ("failed", "notebook", 1)
    assert verdict.reason == "ValueError: boom"
    assert run.finished["reason"] == verdict.reason
    assert run.stream(0) == "before\n"
    assert run.notebook.cells[1].outputs[0].ename == "ValueError"
    assert [c.metadata.papermill.status for c in run.notebook.cells] == [
        "completed", "failed", "pending",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "memory"),
        ("import os; os._exit(0)", "code 0"),
        ("import os; os._exit(3)", "code 3"),
        ("import ctypes; ctypes.string_at(0)", "SIGSEGV"),
    ],
)
def test_kernel_died(attempt: Make, source: str, words: str) -> None:
    run = attempt("print('so far')", source, "print('never')").run()
    verdict = run.verdict()
    assert (verdict.verdict, verdict.fault) == ("failed", "infrastructure")
    assert (verdict.outcome, verdict.cell) == ("kernel died", 1)
    assert verdict.reason is not None and words in verdict.reason
    assert run.stream(0) == "so far\n"
    assert run.took < 15


@pytest.mark.parametrize("source", ["import sys; sys.exit(0)", "exit()", "raise SystemExit"])
def test_left_early(attempt: Make, source: str) -> None:
    run = attempt("1", text("words"), source, "2", "3").run()
    verdict = run.verdict()
    assert verdict.verdict == "succeeded_with_warnings"
    assert verdict.reason == "The notebook exited in cell 3; cells 4 and 5 never ran."


def test_leaving_at_the_end_is_success(attempt: Make) -> None:
    assert attempt("1", "import sys; sys.exit(0)").run().verdict().verdict == "succeeded"


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("import sys; sys.exit(3)", "The notebook exited with code 3."),
        ("exit(3)", "The notebook exited with code 3."),
        ("import sys; sys.exit('no rows')", "The notebook exited with code 1: no rows"),
    ],
)
def test_exit_with_a_code(attempt: Make, source: str, reason: str) -> None:
    verdict = attempt(source, "1").run().verdict()
    assert (verdict.verdict, verdict.fault) == ("failed", "notebook")
    assert verdict.reason == reason


def test_shell_command_failed(attempt: Make) -> None:
    run = attempt("!true", "!false", "x = 1").run()
    verdict = run.verdict()
    assert (verdict.verdict, verdict.cell) == ("succeeded_with_warnings", 1)
    assert verdict.reason == "A shell command ended with exit code 1."
    assert len(run.of_kind("warning")) == 1


def test_thread_failed(attempt: Make) -> None:
    source = "import threading\nt = threading.Thread(target=lambda: 1 / 0)\nt.start(); t.join()"
    verdict = attempt(source, "1").run().verdict()
    assert verdict.verdict == "succeeded_with_warnings"
    assert verdict.reason is not None and "ZeroDivisionError: division by zero" in verdict.reason


def test_thread_failed_after_its_cell(attempt: Make) -> None:
    source = (
        "import threading\ngo = threading.Event()\n"
        "def work():\n    go.wait()\n    raise KeyError('late')\n"
        "t = threading.Thread(target=work)\nt.start()"
    )
    run = attempt(source, "go.set(); t.join()").run()
    verdict = run.verdict()
    assert verdict.verdict == "succeeded_with_warnings"
    assert verdict.reason is not None and "KeyError: 'late'" in verdict.reason


@pytest.mark.parametrize("held", ["", "kept = "])
def test_lost_task(attempt: Make, held: str) -> None:
    source = (
        "import asyncio\nasync def work():\n    raise ValueError('lost')\n"
        f"{held}asyncio.create_task(work())\nNone"
    )
    run = attempt(source, "import asyncio\nawait asyncio.sleep(0.01)").run()
    verdict = run.verdict()
    assert verdict.verdict == "succeeded_with_warnings", run.entries
    assert verdict.reason is not None and "lost" in verdict.reason
    assert len(run.of_kind("warning")) == 1


def test_raises_exception_tag(attempt: Make) -> None:
    run = attempt(code("1 / 0", "raises-exception"), "print('on')").run()
    assert run.verdict().verdict == "succeeded"
    assert run.notebook.cells[0].outputs[0].ename == "ZeroDivisionError"
    assert run.stream(1) == "on\n"


def test_errors_that_the_notebook_allows(attempt: Make) -> None:
    run = attempt("1 / 0", "print('on')", metadata={"execution": {"allow_errors": True}}).run()
    assert run.verdict().verdict == "succeeded_with_warnings"
    assert run.stream(1) == "on\n"


def test_input(attempt: Make) -> None:
    run = attempt("name = input('who? ')", "1").run()
    verdict = run.verdict()
    assert (verdict.verdict, verdict.fault, verdict.cell) == ("failed", "notebook", 0)
    assert verdict.reason is not None and "asks for input" in verdict.reason
    assert run.took < 15


def test_unknown_kernel(attempt: Make) -> None:
    run = attempt("1", kernel="cobol").run()
    verdict = run.verdict()
    assert (verdict.verdict, verdict.fault) == ("failed", "infrastructure")
    assert verdict.outcome == "kernel not found"
    assert verdict.reason is not None and "'cobol'" in verdict.reason
    assert run.notebook.cells[0].source == "1"


def test_disk_full_in_the_notebook(attempt: Make) -> None:
    verdict = (
        attempt("import errno, os\nraise OSError(errno.ENOSPC, os.strerror(28))").run().verdict()
    )
    assert (verdict.fault, verdict.outcome) == ("infrastructure", "disk full")


def test_nothing_to_run(attempt: Make) -> None:
    run = attempt(text("only words"), "", code("1 / 0", "skip-execution")).run()
    assert run.verdict().verdict == "succeeded"
    assert run.entries[0].data["cells"] == 0


def test_source_that_cannot_be_read(attempt: Make) -> None:
    run = attempt("1")
    (run.folder / "blob").write_text("{")
    verdict = run.run().verdict()
    assert (verdict.fault, verdict.outcome) == ("infrastructure", "runner failed")


def test_output_is_cut_at_the_cap_of_the_task(attempt: Make) -> None:
    run = attempt("print('x' * 50_000)", "1 + 1", caps={"cell": 4096}).run()
    assert run.verdict().verdict == "succeeded_with_warnings"
    assert run.stream(0) == "x" * 4096
    assert "[output cut here: more than 4 KB in this cell]" in run.stream(0, "stderr")
    assert run.notebook.cells[1].outputs[0].data["text/plain"] == "2"
