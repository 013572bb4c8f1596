"""Errors with which cells ended."""

from __future__ import annotations

from jupyter_deploy.results.cells import Shown
from jupyter_deploy.results.changes import Place, Report


def compare_errors(report: Report, place: Place, old: Shown | None, new: Shown | None) -> None:
    """None where a run had no error there."""
    a, b = (_told(error) for error in (old, new))
    if a == b:
        return
    if a and b and _quiet(report, a) == _quiet(report, b):
        report.hide(place, report.noise.kind(a["value"], b["value"]), a["value"], b["value"])
        return
    kind = "changed" if a and b else "added" if b else "removed"
    report.errors.append(place.change(kind, old=a, new=b))


def _told(error: Shown | None) -> dict[str, str] | None:
    return None if error is None else {key: str(value) for key, value in error.content.items()}


def _quiet(report: Report, error: dict[str, str]) -> tuple[str, str]:
    return error["name"], report.noise.quiet(error["value"])
