"""How a run ended and whose fault it was, from the ledger and the supervisor.

All sentences about the end of a run are made here: where, what, what next.

A dead kernel counts as `infrastructure` whatever killed it. Only a kernel that
was killed from outside is surely that, but a lack of memory also shows as a
crash or an abort, and this is the fault that may be tried again; the sentence
tells the cases apart.
"""

from __future__ import annotations

import re
import signal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from jupyter_deploy.domain.ledger import Entry, Finished
from jupyter_deploy.domain.runs import RunState

#: A reason is one sentence; longer texts of exceptions are cut.
MAX_TEXT = 500
#: Outcome of an attempt of which nothing was executed.
NEVER_STARTED = "never started"
_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


@dataclass(frozen=True)
class Ending:
    """What the engine knows of the runner's end beside the ledger.

    `signal` is the one that ended the runner, None when that is not known. `lapsed`:
    it ended itself since its engine's lease ran out; `taken_over`: another engine
    had it, whose ledger nobody can read; `untouched`: it never had a ledger;
    `vanished`: it had one.
    """

    cancel_requested: bool
    signal: int | None = None
    lapsed: bool = False
    taken_over: bool = False
    untouched: bool = False
    vanished: bool = False


@dataclass(frozen=True)
class Verdict:
    """`outcome` is the attempt's, the rest the run's."""

    state: RunState
    verdict: str | None
    fault: str | None
    reason: str | None
    cell: int | None
    outcome: str


def judge(entries: Sequence[Entry], ending: Ending) -> Verdict:
    """The verdict of an attempt whose runner is dead."""
    found = next((entry for entry in reversed(entries) if entry.kind == "finished"), None)
    if found is None:
        return _without_result(entries, ending)
    finished = Finished.of(found)
    if finished.outcome == "cancelled" and not ending.cancel_requested:
        return _stopped_from_outside(finished.cell)
    warnings = [entry for entry in entries if entry.kind == "warning"]
    return weigh(finished, [(entry.data["cell"], entry.data["message"]) for entry in warnings])


def weigh(finished: Finished, warnings: Sequence[tuple[int | None, str]]) -> Verdict:
    """The verdict of a runner that came to its end; `warnings` are cell and sentence."""
    if finished.outcome == "completed":
        return _succeeded(warnings)
    if finished.outcome == "exit" and exit_code(finished.error) == 0:
        return _succeeded([*_left_early(finished), *warnings])
    if finished.outcome == "cancelled":
        return _cancelled(finished.cell)
    return _failed(finished)


def exit_code(error: Mapping[str, str]) -> int:
    """The code that a process ending with this SystemExit would have."""
    value = error.get("value", "")
    if value in ("", "0", "None", "False"):
        return 0
    return int(value) if value.isdecimal() else 1


def cell_name(index: int | None) -> str:
    """A cell as people count."""
    return "the parameters cell" if index is None else f"cell {index + 1}"


def _without_result(entries: Sequence[Entry], ending: Ending) -> Verdict:
    started = [entry.data["cell"] for entry in entries if entry.kind == "cell_started"]
    cell = started[-1] if started else None
    if ending.cancel_requested:
        return _cancelled(cell)
    if ending.taken_over:
        return _lost(
            None,
            "engine lost",
            "The engine that ran it fell silent; its machine may be down or cut off: run it again.",
        )
    if ending.untouched:
        return _lost(
            None, NEVER_STARTED, "The engine was ended before the notebook began: run it again."
        )
    if ending.vanished:
        return _lost(
            cell,
            "record lost",
            "The record of the run was deleted while it ran, perhaps by the notebook itself, so "
            "nobody knows how it ended: look what it has done before you run it again.",
        )
    if ending.lapsed:
        return _lost(
            cell,
            "lease lapsed",
            "The engine lost touch with the database, so the run was stopped before another "
            "engine could start it a second time: run it again.",
        )
    where = f"in {cell_name(cell)}" if started else "before the first cell"
    by = f" by {signal_name(ending.signal)}" if ending.signal else ""
    return _lost(
        cell,
        "runner died",
        f"The process that ran the notebook was ended{by} {where} and left no result; "
        "memory may have run out or the machine was restarted: run it again.",
    )


def _stopped_from_outside(cell: int | None) -> Verdict:
    where = "" if cell is None else f" in {cell_name(cell)}"
    return _lost(
        cell,
        "runner died",
        f"Something outside told the runner to stop{where}, perhaps the machine was shut down: "
        "run it again.",
    )


def _lost(cell: int | None, outcome: str, reason: str) -> Verdict:
    return Verdict(RunState.FAILED, "failed", "lost", reason, cell, outcome)


def signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _left_early(finished: Finished) -> list[tuple[int | None, str]]:
    if not finished.never_ran:
        return []
    sentence = (
        f"The notebook exited in {cell_name(finished.cell)}; {_cells(finished.never_ran)} "
        "never ran."
    )
    return [(finished.cell, sentence)]


def _cells(indices: Sequence[int]) -> str:
    names = [str(index + 1) for index in indices]
    if len(names) == 1:
        return f"cell {names[0]}"
    if len(names) > 6:
        return f"{len(names)} cells ({names[0]} to {names[-1]})"
    return f"cells {', '.join(names[:-1])} and {names[-1]}"


def _succeeded(warnings: Sequence[tuple[int | None, str]]) -> Verdict:
    if not warnings:
        return Verdict(RunState.SUCCEEDED, "succeeded", None, None, None, "succeeded")
    cell, sentence = warnings[0]
    more = f" ({len(warnings) - 1} more)" if len(warnings) > 1 else ""
    return Verdict(
        RunState.SUCCEEDED, "succeeded_with_warnings", None, sentence + more, cell, "succeeded"
    )


def _cancelled(cell: int | None) -> Verdict:
    where = "" if cell is None else f" in {cell_name(cell)}"
    reason = f"Cancelled{where}; the outputs so far are kept."
    return Verdict(RunState.CANCELLED, None, "cancelled", reason, cell, "cancelled")


#: outcome of the runner → whose fault, outcome of the attempt, sentence
FAILURES = {
    "error": ("notebook", "failed", "{name}: {value}"),
    "exit": ("notebook", "failed", "The notebook exited with code {code}: {value}"),
    "input": (
        "notebook",
        "failed",
        "The cell asks for input, and nobody can answer in production; make it a parameter.",
    ),
    "kernel_died": (
        "infrastructure",
        "kernel died",
        "The kernel died{how}; the outputs so far are kept.",
    ),
    "kernel_not_found": (
        "infrastructure",
        "kernel not found",
        "Kernel not found: {value!r} is not installed here any more; install it, or deploy "
        "again with another one.",
    ),
    "kernel_start": (
        "infrastructure",
        "kernel did not start",
        "The kernel did not start: {value}",
    ),
    "environment": (
        "infrastructure",
        "environment not built",
        "The environment that the version was locked with cannot be built: {value}",
    ),
    "secret": (
        "infrastructure",
        "secret missing",
        "{value}",
    ),
    "kernel_timeout": (
        "timeout",
        "timed out",
        "The kernel was not ready within its limit of {value}; the machine may be overloaded.",
    ),
    "cell_timeout": (
        "timeout",
        "timed out",
        "The cell took longer than its limit of {value}; raise the limit or make it faster.",
    ),
    "run_timeout": (
        "timeout",
        "timed out",
        "The run took longer than its limit of {value}; raise the limit or make it faster.",
    ),
    "disk_full": (
        "infrastructure",
        "disk full",
        "The disk is full; free some space and run it again.",
    ),
    "broken": (
        "infrastructure",
        "runner failed",
        "The run could not go on: {name}: {value}",
    ),
}


def _failed(finished: Finished) -> Verdict:
    fault, outcome, sentence = FAILURES.get(finished.outcome, FAILURES["broken"])
    reason = sentence.format(
        name=finished.error.get("name", ""),
        value=_one_line(finished.error.get("value", "")),
        code=exit_code(finished.error),
        how=_how(finished.error.get("value", "")),
    )
    if finished.outcome == "exit" and finished.error.get("value", "").isdecimal():
        reason = reason.rpartition(":")[0] + "."  # the code is said already
    if finished.outcome == "error" and reason.removeprefix(": ").isdecimal():
        reason = f"A command of the cell ended with exit code {reason[2:]}."  # a shell's error
    # Some kernels tell neither name nor value of an error.
    said = reason.strip(": ") or "The notebook failed without saying why."
    return Verdict(RunState.FAILED, "failed", fault, said, finished.cell, outcome)


def _how(status: str) -> str:
    """What a kernel's exit status tells: `-9` is a signal, `3` its own code."""
    if not re.fullmatch(r"-?\d+", status):
        return ""
    code = int(status)
    if code >= 0:
        return f": its process ended itself with code {code}"
    name = signal_name(-code)
    if name == "SIGKILL":
        return f", killed from outside ({name}); most often memory ran out"
    if name in ("SIGSEGV", "SIGBUS", "SIGILL", "SIGFPE", "SIGABRT"):
        return f": native code crashed ({name})"
    return f", ended by {name}"


def _one_line(text: str) -> str:
    lines = [line.strip() for line in _ANSI.sub("", text).splitlines() if line.strip()]
    first = lines[0] if lines else ""
    return first if len(first) <= MAX_TEXT else first[: MAX_TEXT - 1] + "…"
