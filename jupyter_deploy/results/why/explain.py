"""A failure in one sentence, and its causes by how likely they are."""

from __future__ import annotations

from typing import Any

from jupyter_deploy.domain.durations import rounded
from jupyter_deploy.results.why.diagnosis import Diagnosis, diagnose
from jupyter_deploy.results.why.failure import Failure, read_failure
from jupyter_deploy.results.why.sides import KINDS, Cause, Side
from jupyter_deploy.results.why.suspects import suspects

#: Causes that are told, and from which score one belongs into the sentence.
MOST = 12
LIKELY = 0.5
#: With such a score the error explains itself.
PLAIN = 0.85
#: What a cause gains that is of a kind which the error suggests, and the highest score.
NEARER, HIGHEST = 0.1, 0.9
_NEXT = {
    "code": "look at that change first",
    "inputs": "look at that file first",
    "parameters": "run it with the former value to see",
    "packages": "install the former version to see",
    "machine": "run it again, or where it ran before",
}


def explain(run: Side, good: Side | None) -> dict[str, Any]:
    """`sentence`, `line` and `causes`. Raises ValueError for a notebook that cannot be read."""
    failure = read_failure(run, good)
    diagnosis = diagnose(failure)
    causes = _ranked(failure, diagnosis)
    return {
        "sentence": _sentence(failure, diagnosis, causes),
        "line": _line(failure),
        "causes": [cause.to_json() for cause in causes[:MOST]],
    }


def _ranked(failure: Failure, diagnosis: Diagnosis) -> list[Cause]:
    causes = []
    if diagnosis.kind:
        causes.append(Cause(diagnosis.kind, diagnosis.score, diagnosis.what, told=True))
    for cause in suspects(failure, failure.good) if failure.good else ():
        gain = NEARER if cause.kind in diagnosis.near else 0.0
        causes.append(Cause(cause.kind, min(cause.score + gain, HIGHEST), cause.message))
    return sorted(causes, key=lambda cause: (-cause.score, KINDS.index(cause.kind)))


def _sentence(failure: Failure, diagnosis: Diagnosis, causes: list[Cause]) -> str:
    others = [cause for cause in causes if not cause.told]
    likely = others[0] if others and others[0].score >= LIKELY else None
    told = f"{_where(failure)}: {diagnosis.what}"
    do = diagnosis.do
    if likely is not None and diagnosis.score < PLAIN:
        told += f"; probably because {likely.message}"
        do = do or _NEXT[likely.kind]
    elif not others and failure.good is not None and diagnosis.score < PLAIN:
        told += f"; nothing that is known has changed since run {failure.good.run}"
    elif failure.good is None:
        told += "; no run before it succeeded, so there is nothing to compare with"
    return f"{told}; {do or _fallback(failure)}."


def _fallback(failure: Failure) -> str:
    if failure.good is None:
        return "open the cell and read its output"
    return f"compare its results with those of run {failure.good.run}"


def _where(failure: Failure) -> str:
    run = failure.run
    took = f" after {rounded(run.duration)}" if run.duration is not None else ""
    if run.cell is not None:
        return f"Failed in cell {run.cell + 1}{took}"
    if failure.error is not None and failure.error.injected:
        return f"Failed in the parameters cell{took}"
    return f"Failed before the first cell{took}"


def _line(failure: Failure) -> dict[str, Any] | None:
    """In the failing cell, or in a captured file when the error came out of one."""
    frame = failure.line
    if frame is None:
        return None
    file = failure.captured(frame.file)
    text = frame.text if file else failure.cell_line or frame.text
    return {"number": frame.line, "text": text, "file": file.path if file else None}
