"""How a run ended and whose fault it was, from the ledger and the supervisor.

All sentences about the end of a run are made here. A dead kernel counts as
infrastructure: from outside, a lack of memory and a crash look alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from jupyter_deploy.domain.ledger import Entry
from jupyter_deploy.domain.runs import RunState


@dataclass(frozen=True)
class Ending:
    """What the engine knows of the runner's end beside the ledger."""

    cancel_requested: bool


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
    finished = next((entry for entry in reversed(entries) if entry.kind == "finished"), None)
    if finished is None:
        return _without_result(entries, ending)
    outcome = finished.data["outcome"]
    if outcome == "completed" or (outcome == "exit" and _exited_well(finished)):
        return _completed(entries, finished)
    if outcome == "cancelled":
        return _cancelled(finished.data["cell"])
    return _failed(finished)


def cell_name(index: int | None) -> str:
    """A cell as people count."""
    return "the parameters cell" if index is None else f"cell {index + 1}"


def _without_result(entries: Sequence[Entry], ending: Ending) -> Verdict:
    started = [entry.data["cell"] for entry in entries if entry.kind == "cell_started"]
    if ending.cancel_requested:
        return _cancelled(started[-1] if started else None)
    where = f"in {cell_name(started[-1])}" if started else "before the first cell"
    return Verdict(
        state=RunState.FAILED,
        verdict="failed",
        fault="lost",
        reason=f"The process that ran the notebook was killed {where}. "
        "Memory may have run out, or the machine was restarted; run it again.",
        cell=started[-1] if started else None,
        outcome="runner died",
    )


def _exited_well(finished: Entry) -> bool:
    return finished.data["error"]["value"] in ("", "0", "None", "False")


def _completed(entries: Sequence[Entry], finished: Entry) -> Verdict:
    warnings = [entry for entry in entries if entry.kind == "warning"]
    never_ran = finished.data["never_ran"]
    if never_ran:
        sentence = (
            f"The notebook exited in {cell_name(finished.data['cell'])}; "
            f"{_cells(never_ran)} never ran."
        )
        return _succeeded(sentence, finished.data["cell"])
    if warnings:
        more = f" ({len(warnings) - 1} more)" if len(warnings) > 1 else ""
        return _succeeded(warnings[0].data["message"] + more, warnings[0].data["cell"])
    return _succeeded(None, None)


def _cells(indices: Sequence[int]) -> str:
    names = [str(index + 1) for index in indices]
    if len(names) == 1:
        return f"cell {names[0]}"
    if len(names) > 6:
        return f"{len(names)} cells ({names[0]} to {names[-1]})"
    return f"cells {', '.join(names[:-1])} and {names[-1]}"


def _succeeded(warning: str | None, cell: int | None) -> Verdict:
    return Verdict(
        state=RunState.SUCCEEDED,
        verdict="succeeded_with_warnings" if warning else "succeeded",
        fault=None,
        reason=warning,
        cell=cell,
        outcome="succeeded",
    )


def _cancelled(cell: int | None) -> Verdict:
    where = "" if cell is None else f" in {cell_name(cell)}"
    return Verdict(
        state=RunState.CANCELLED,
        verdict=None,
        fault="cancelled",
        reason=f"Cancelled{where}; the outputs so far are kept.",
        cell=cell,
        outcome="cancelled",
    )


#: outcome of the runner → whose fault, outcome of the attempt, sentence
_FAILURES = {
    "error": ("notebook", "failed", "{name}: {value}"),
    "exit": ("notebook", "failed", "The notebook exited with code {value}."),
    "input": (
        "notebook",
        "failed",
        "The cell asks for input, and nobody can answer in production. "
        "Make it a parameter instead.",
    ),
    "kernel_died": (
        "infrastructure",
        "kernel died",
        "The kernel died. Memory may have run out, or the code ended its own process.",
    ),
    "kernel_not_found": (
        "infrastructure",
        "kernel not found",
        "The kernel {value!r} is not installed here any more. Install it, or deploy again with "
        "another one.",
    ),
    "kernel_start": (
        "infrastructure",
        "kernel did not start",
        "The kernel did not start: {value}",
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


def _failed(finished: Entry) -> Verdict:
    fault, outcome, sentence = _FAILURES[finished.data["outcome"]]
    error = finished.data["error"] or {"name": "", "value": ""}
    return Verdict(
        state=RunState.FAILED,
        verdict="failed",
        fault=fault,
        reason=sentence.format(**error).strip().removesuffix(":")[:2000],
        cell=finished.data["cell"],
        outcome=outcome,
    )
