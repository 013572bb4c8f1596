"""What an error means, in plain words."""

from __future__ import annotations

import re
from dataclasses import dataclass

from jupyter_deploy.results.why.failure import Failure
from jupyter_deploy.results.why.known import TABLE, Known

#: Characters of an error's own words.
LONGEST = 300


@dataclass(frozen=True)
class Diagnosis:
    """What the error means; `kind` and `score` are those of the cause that it names."""

    what: str
    do: str | None
    kind: str | None = None
    score: float = 0.0
    near: tuple[str, ...] = ()
    key: str | None = None


def diagnose(failure: Failure) -> Diagnosis:
    subject = _subject(failure)
    for row in TABLE:
        if found := re.search(row.pattern, subject, re.DOTALL):
            return _read(row, found, failure)
    return Diagnosis(_said(failure), None)


def _read(row: Known, found: re.Match[str], failure: Failure) -> Diagnosis:
    groups = {name: _short(text or "") for name, text in found.groupdict().items()}
    filled = {**groups, "said": _said(failure), "line": f"`{failure.cell_line}`"}
    finding = row.look(failure, found) if row.look else None
    if finding is None:
        score = 0.5 if row.kind else 0.0
        what, do = row.what.format(**filled), row.do.format(**filled)
        return Diagnosis(what, do, row.kind, score, row.near, row.key)
    do = finding.do or row.do.format(**filled)
    return Diagnosis(finding.what, do, finding.kind or row.kind, finding.score, row.near, row.key)


def _subject(failure: Failure) -> str:
    run = failure.run
    if failure.error is not None and run.fault == "notebook":
        return f"{failure.name}: {failure.value}"
    if run.fault == "notebook":
        return run.reason or ""
    return f"[{run.outcome or run.fault}] {run.reason or ''}"


def _said(failure: Failure) -> str:
    """The error in its own words, on one line."""
    if failure.error is None or not failure.name or failure.run.fault != "notebook":
        return (failure.run.reason or "nobody knows why").rstrip(".")
    lines = [line.strip() for line in failure.value.splitlines() if line.strip()]
    return _short(f"{failure.name}: {lines[0]}" if lines else failure.name).rstrip(".")


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"
