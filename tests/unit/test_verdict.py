"""How a run ended and whose fault it was, in one sentence."""

from __future__ import annotations

import signal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_deploy.domain import ledger
from jupyter_deploy.domain.ledger import Draft, Entry, Finished
from jupyter_deploy.domain.runs import RunState
from jupyter_deploy.domain.verdict import (
    FAILURES,
    MAX_TEXT,
    Ending,
    Verdict,
    cell_name,
    exit_code,
    judge,
    signal_name,
    weigh,
)

STARTED = ledger.attempt_started("sales.ipynb", 3)
CELL = ledger.cell_started(4, 2, 3)


def entries(*drafts: Draft) -> list[Entry]:
    return [
        Entry(seq, "2026-01-01T00:00:00+00:00", draft.kind, draft.data)
        for seq, draft in enumerate(drafts, 1)
    ]


def end(*drafts: Draft, cancelled: bool = False, by: int | None = None) -> Verdict:
    return judge(entries(*drafts), Ending(cancel_requested=cancelled, signal=by))


def failure(outcome: str, cell: int | None = 2, **error: str) -> Verdict:
    return weigh(Finished(outcome, cell=cell, error=error), [])


def test_success_needs_no_words() -> None:
    done = end(STARTED, CELL, Finished("completed").draft())
    assert done == Verdict(RunState.SUCCEEDED, "succeeded", None, None, None, "succeeded")


def test_the_first_warning_is_told_and_the_others_are_counted() -> None:
    first, second = ledger.warning(1, "A thread failed."), ledger.warning(None, "Another.")
    one = end(STARTED, first, Finished("completed").draft())
    assert (one.state, one.verdict) == ("succeeded", "succeeded_with_warnings")
    assert (one.cell, one.reason, one.fault) == (1, "A thread failed.", None)
    two = end(STARTED, first, second, Finished("completed").draft())
    assert two.reason == "A thread failed. (1 more)"


@pytest.mark.parametrize(
    ("never_ran", "words"),
    [
        ([3], "cell 4 never ran."),
        ([3, 4], "cells 4 and 5 never ran."),
        ([3, 4, 7], "cells 4, 5 and 8 never ran."),
        (list(range(3, 12)), "9 cells (4 to 12) never ran."),
    ],
)
def test_leaving_early_is_success_with_a_word(never_ran: list[int], words: str) -> None:
    left = end(Finished("exit", cell=2, error={"value": "0"}, never_ran=never_ran).draft())
    assert left.verdict == "succeeded_with_warnings"
    assert left.reason == f"The notebook exited in cell 3; {words}"


def test_leaving_in_the_last_cell_is_success() -> None:
    assert end(Finished("exit", cell=2, error={"value": ""}).draft()).verdict == "succeeded"


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("", 0),
        ("0", 0),
        ("None", 0),
        ("False", 0),
        ("3", 3),
        ("no data", 1),
        ("True", 1),
        ("-1", 1),
    ],
)
def test_exit_codes_are_those_of_a_process(value: str, code: int) -> None:
    assert exit_code({"value": value}) == code


def test_exits_with_a_code_failed() -> None:
    assert failure("exit", value="3").reason == "The notebook exited with code 3."
    said = failure("exit", value="no data today")
    assert said.reason == "The notebook exited with code 1: no data today"
    assert (said.state, said.verdict, said.fault) == ("failed", "failed", "notebook")


@pytest.mark.parametrize(
    ("outcome", "fault", "attempt"),
    [
        ("error", "notebook", "failed"),
        ("input", "notebook", "failed"),
        ("kernel_died", "infrastructure", "kernel died"),
        ("kernel_not_found", "infrastructure", "kernel not found"),
        ("kernel_start", "infrastructure", "kernel did not start"),
        ("kernel_timeout", "timeout", "timed out"),
        ("cell_timeout", "timeout", "timed out"),
        ("run_timeout", "timeout", "timed out"),
        ("disk_full", "infrastructure", "disk full"),
        ("broken", "infrastructure", "runner failed"),
        ("never heard of", "infrastructure", "runner failed"),
    ],
)
def test_whose_fault_it_was(outcome: str, fault: str, attempt: str) -> None:
    found = failure(outcome, name="Name", value="a value")
    assert (found.state, found.fault, found.outcome, found.cell) == ("failed", fault, attempt, 2)
    assert found.reason


def test_an_error_is_told_by_its_first_line_without_colours() -> None:
    found = failure("error", name="ValueError", value="\x1b[31mno\x1b[0m rows\n\nlong story")
    assert found.reason == "ValueError: no rows"
    assert failure("error", name="KeyboardInterrupt", value="").reason == "KeyboardInterrupt"
    assert failure("error", name="", value="object 'x' not found").reason == "object 'x' not found"
    assert failure("error").reason == "The notebook failed without saying why."


def test_the_error_of_a_shell_is_an_exit_code() -> None:
    said = "A command of the cell ended with exit code 127."
    assert failure("error", name="", value="127").reason == said
    assert failure("error", name="KeyError", value="127").reason == "KeyError: 127"
    long = failure("error", name="E", value="x" * 9999).reason
    assert long is not None
    assert len(long) == MAX_TEXT + len("E: ")
    assert long.endswith("…")


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("-9", "killed from outside (SIGKILL); most often memory ran out"),
        ("-11", "native code crashed (SIGSEGV)"),
        ("-15", "ended by SIGTERM"),
        ("3", "its process ended itself with code 3"),
        ("0", "its process ended itself with code 0"),
        ("", "The kernel died; the outputs so far are kept."),
        ("gone", "The kernel died; the outputs so far are kept."),
    ],
)
def test_how_a_kernel_died(status: str, words: str) -> None:
    assert words in str(failure("kernel_died", value=status).reason)


def test_cancelled_is_nobodys_failure() -> None:
    for ended in (
        end(STARTED, CELL, Finished("cancelled", cell=4).draft(), cancelled=True),
        end(STARTED, CELL, cancelled=True),
    ):
        assert (ended.state, ended.verdict, ended.fault) == ("cancelled", None, "cancelled")
        assert ended.reason == "Cancelled in cell 5; the outputs so far are kept."
    assert end(cancelled=True).reason == "Cancelled; the outputs so far are kept."


def test_stopped_by_something_else_is_lost() -> None:
    found = end(STARTED, Finished("cancelled", cell=0).draft())
    assert (found.state, found.fault, found.outcome) == ("failed", "lost", "runner died")
    assert "in cell 1" in str(found.reason)


@pytest.mark.parametrize(
    ("drafts", "cell", "words"),
    [
        ([], None, "before the first cell"),
        ([STARTED], None, "before the first cell"),
        ([STARTED, CELL], 4, "in cell 5"),
        ([STARTED, ledger.cell_started(None, 1, 3)], None, "in the parameters cell"),
    ],
)
def test_without_a_result_the_run_is_lost(
    drafts: list[Draft], cell: int | None, words: str
) -> None:
    found = end(*drafts)
    assert (found.state, found.fault, found.cell) == ("failed", "lost", cell)
    assert words in str(found.reason)
    assert "by SIGKILL" in str(end(*drafts, by=signal.SIGKILL).reason)


def test_a_run_that_was_done_before_the_wish_to_cancel_keeps_its_end() -> None:
    assert end(STARTED, Finished("completed").draft(), cancelled=True).state == "succeeded"
    error = Finished("error", cell=0, error={"name": "E", "value": "x"}).draft()
    assert end(error, cancelled=True).fault == "notebook"


def test_the_last_end_counts() -> None:
    failed = Finished("error", cell=0, error={"name": "E", "value": "x"}).draft()
    assert end(failed, Finished("completed").draft()).state == "succeeded"


def test_names_for_people() -> None:
    assert (cell_name(0), cell_name(None)) == ("cell 1", "the parameters cell")
    assert (signal_name(9), signal_name(4321)) == ("SIGKILL", "signal 4321")


@given(
    st.sampled_from([*FAILURES, "completed", "exit", "cancelled", "anything"]),
    st.none() | st.integers(0, 9),
    st.dictionaries(st.sampled_from(["name", "value"]), st.text(max_size=700)),
    st.lists(st.integers(0, 30), unique=True).map(sorted),
    st.booleans(),
)
def test_every_end_has_a_verdict_and_one_line(
    outcome: str, cell: int | None, error: dict[str, str], never_ran: list[int], cancelled: bool
) -> None:
    finished = Finished(outcome, cell=cell, error=error, never_ran=never_ran)
    found = end(STARTED, CELL, finished.draft(), cancelled=cancelled)
    assert found.state in ("succeeded", "failed", "cancelled")
    assert (found.verdict == "failed") == (found.state is RunState.FAILED)
    assert (found.fault is None) == (found.state is RunState.SUCCEEDED)
    if found.verdict != "succeeded":
        assert found.reason
        assert len(found.reason) <= MAX_TEXT + 750
