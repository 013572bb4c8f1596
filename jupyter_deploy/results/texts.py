"""Texts line by line: numbers by value, the rest by what it says."""

from __future__ import annotations

import re
from collections.abc import Sequence

from jupyter_deploy.results.align import blocks
from jupyter_deploy.results.changes import Change, Place, Report
from jupyter_deploy.results.numbers import ANY_NUMBER, NUMBER, delta, parse

#: `accuracy: 0.93`, `rows = 1,204`, `mean loss  0.1 %`.
_METRIC = re.compile(
    rf"^\s*(?P<name>[^\W\d][\w .%/()\[\]+@-]{{0,59}}?)\s*[:=]\s*(?P<value>{NUMBER})\s*%?\s*$",
    re.IGNORECASE,
)
#: A bare result, perhaps as numpy spells it.
_RESULT = re.compile(rf"^(?:np\.\w+\()?(?P<value>{NUMBER})\)?$", re.IGNORECASE)
#: Characters of a text that a change shows.
LONGEST = 2000


def metric_of(line: str) -> tuple[str, float] | None:
    """Name and value of a line that tells one number."""
    found = _METRIC.match(line)
    value = parse(found["value"]) if found else None
    return (found["name"].strip(), value) if found and value is not None else None


def result_of(text: str) -> float | None:
    """The number that a cell gave as its result."""
    found = _RESULT.match(text.strip())
    return parse(found["value"]) if found else None


def compare_results(report: Report, place: Place, name: str, old: str, new: str) -> None:
    """Two results of cells; `name` is the expression that gave them."""
    a, b = result_of(old), result_of(new)
    quiet = report.noise.quiet
    if a is None or b is None:
        compare_texts(report, place, "text/plain", old, new)
    elif old != new and quiet(old) == quiet(new):
        report.hide(place, report.noise.kind(old, new), old, new)
    elif not report.tolerances.equal(a, b, name):
        report.metrics.append(place.change("changed", name=name, **delta(a, b)))
    elif old != new:
        report.hide(place, "rounding", old, new)


def compare_texts(report: Report, place: Place, name: str, old: str, new: str) -> None:
    """`name` says which text of the cell it is."""
    if old != new:
        _Texts(report, place, name).compare(_lines(old), _lines(new))


def one_result(report: Report, place: Place, name: str, text: str, *, added: bool) -> None:
    """A cell's result that only one of the runs has."""
    value = result_of(text)
    if value is None:
        one_text(report, place, "text/plain", text, added=added)
    else:
        report.metrics.append(one_metric(place, name, value, added=added))


def one_metric(place: Place, name: str, value: float, *, added: bool) -> Change:
    kind, lost = ("added", "old") if added else ("removed", "new")
    told = {**delta(value, value), lost: None, "change": None, "relative": None}
    return place.change(kind, name=name, **told)


def one_text(report: Report, place: Place, name: str, text: str, *, added: bool) -> None:
    """A text that only one of the runs has."""
    _Texts(report, place, name).compare(*(([], _lines(text)) if added else (_lines(text), [])))


def _lines(text: str) -> list[str]:
    """As a terminal leaves them: what stands before a return to the line's start is gone."""
    lines = text.replace("\r\n", "\n").rstrip("\n").split("\n")
    return [line.rstrip("\r").rsplit("\r", 1)[-1] for line in lines]


class _Texts:
    def __init__(self, report: Report, place: Place, name: str) -> None:
        self._report = report
        self._place = place
        self._name = name
        self._old: list[str] = []
        self._new: list[str] = []

    def compare(self, old: list[str], new: list[str]) -> None:
        old, new = self._without_progress(old, new)
        quiet_old, quiet_new = self._quiet(old, new)
        for equal, i, j, k, m in blocks(quiet_old, quiet_new):
            if equal:
                self._hide(old[i:j], new[k:m])
            else:
                self._compare_block(old[i:j], new[k:m])
        self._report_rest()

    def _without_progress(self, old: list[str], new: list[str]) -> tuple[list[str], list[str]]:
        bars = self._report.noise.has_progress
        if not any(bars("\n".join(lines)) for lines in (old, new)):
            return old, new
        kept = [line for line in old if not bars(line)], [line for line in new if not bars(line)]
        if (len(kept[0]), len(kept[1])) != (len(old), len(new)) and old != new:
            self._report.hide(self._place, "progress", "", "")
        return kept

    def _quiet(self, old: list[str], new: list[str]) -> tuple[list[str], list[str]]:
        """Lines that both have need no look at what they say."""
        both = set(old) & set(new)

        def taken(lines: list[str]) -> list[str]:
            own = [line for line in lines if line not in both]
            quiet = iter(self._report.noise.quiet_lines(own))
            return [line if line in both else next(quiet) for line in lines]

        return taken(old), taken(new)

    def _hide(self, old: Sequence[str], new: Sequence[str]) -> None:
        for a, b in zip(old, new, strict=True):
            if a != b:
                self._report.hide(self._place, self._report.noise.kind(a, b), a, b)

    def _compare_block(self, old: Sequence[str], new: Sequence[str]) -> None:
        shapes_old, shapes_new = (list(map(self._shape, lines)) for lines in (old, new))
        for equal, i, j, k, m in blocks(shapes_old, shapes_new):
            if equal:
                for a, b in zip(old[i:j], new[k:m], strict=True):
                    self._compare_numbers(a, b)
            else:
                for line in old[i:j]:
                    self._only(line, self._old, added=False)
                for line in new[k:m]:
                    self._only(line, self._new, added=True)

    def _shape(self, line: str) -> str:
        return " ".join(ANY_NUMBER.sub("#", self._report.noise.quiet(line)).split())

    def _compare_numbers(self, old: str, new: str) -> None:
        """Two lines that differ in their numbers at most."""
        a, b = metric_of(old), metric_of(new)
        quiet = self._report.noise.quiet
        values = [
            [parse(text) or 0.0 for text in ANY_NUMBER.findall(quiet(line))] for line in (old, new)
        ]
        name = a[0] if a else None
        if all(self._report.tolerances.equal(x, y, name) for x, y in zip(*values, strict=True)):
            self._report.hide(self._place, "rounding", old, new)
        elif a and b:
            change = self._place.change("changed", name=a[0], **delta(a[1], b[1]))
            self._report.metrics.append(change)
        else:
            self._old.append(old)
            self._new.append(new)

    def _only(self, line: str, lines: list[str], *, added: bool) -> None:
        """A line that one of the runs has; a metric is told as one."""
        metric = metric_of(line)
        if metric is None:
            lines.append(line)
        else:
            self._report.metrics.append(one_metric(self._place, *metric, added=added))

    def _report_rest(self) -> None:
        old, new = ("\n".join(lines) for lines in (self._old, self._new))
        if not old.strip() and not new.strip():
            return
        kind = "changed" if self._old and self._new else "added" if self._new else "removed"
        self._report.texts.append(
            self._place.change(
                kind,
                name=self._name,
                old=old[:LONGEST] if self._old else None,
                new=new[:LONGEST] if self._new else None,
                lines=max(len(self._old), len(self._new)),
            )
        )
