"""The difference between the results of two executed notebooks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import unified_diff
from itertools import zip_longest
from typing import Any

from jupyter_deploy.results.align import align
from jupyter_deploy.results.cells import Cell, Results, Shown, expression_of
from jupyter_deploy.results.changes import Change, Place, Report
from jupyter_deploy.results.errors import compare_errors
from jupyter_deploy.results.images import compare_images, one_image
from jupyter_deploy.results.noise import Noise
from jupyter_deploy.results.numbers import Tolerances
from jupyter_deploy.results.recorded import compare_recorded, recorded_as
from jupyter_deploy.results.rows import compare_tables, one_table
from jupyter_deploy.results.structures import differences
from jupyter_deploy.results.tables import read_tables
from jupyter_deploy.results.texts import compare_results, compare_texts, one_result, one_text

#: A cell's duration has changed when it did by this factor and so many seconds.
FACTOR = 2.0
SECONDS = 1.0
#: Characters of a change of code.
LONGEST = 4000
#: Characters of all images that are told whole.
PICTURES = 24_000_000


@dataclass(frozen=True)
class Options:
    """`ignore` are regular expressions of what means nothing, `tolerances` absolute by name.

    With `pictures` images that changed are told whole, to be shown.
    """

    ignore: Sequence[str] = ()
    tolerances: Mapping[str, float] = field(default_factory=dict)
    show_hidden: bool = False
    pictures: bool = False


@dataclass(frozen=True)
class Difference:
    """`cells` are all of both notebooks; `code` and `durations` may be causes of what changed."""

    report: Report
    cells: list[dict[str, Any]]
    code: list[Change]
    durations: list[Change]


def compare(old: Results, new: Results, options: Options) -> Difference:
    """Raises re.error for a pattern that cannot be read."""
    noise = Noise(options.ignore, [day for day in (old.day, new.day) if day])
    room = PICTURES if options.pictures else 0
    report = Report(noise, Tolerances(options.tolerances), room=room)
    cells: list[dict[str, Any]] = []
    code: list[Change] = []
    durations: list[Change] = []
    for a, b in align(old.cells, new.cells):
        place = Place(a.index if a else None, b.index if b else None)
        _Cells(report, place).compare(a, b)
        cells += _listed(place, a, b)
        code += _code(place, a, b)
        durations += _durations(place, a, b)
    return Difference(report, cells, code, durations)


class _Cells:
    def __init__(self, report: Report, place: Place) -> None:
        self._report = report
        self._place = place

    def compare(self, old: Cell | None, new: Cell | None) -> None:
        expression = expression_of((new or old or _NOTHING).source)
        for kind, media_type in _kinds(old, new):
            mine, theirs = (_of(cell, kind, media_type) for cell in (old, new))
            compare = self._comparison(kind, media_type, expression)
            for a, b in zip_longest(mine, theirs):
                compare(a, b)

    def _comparison(
        self, kind: str, media_type: str, expression: str
    ) -> Callable[[Shown | None, Shown | None], None]:
        if kind in ("table", "html"):
            return self._html
        if kind == "image":
            return self._image
        if kind in ("plot", "json"):
            return lambda a, b: self._structure(a, b, kind)
        if kind == "recorded":
            return lambda a, b: compare_recorded(self._report, self._place, a, b)
        if kind == "error":
            return lambda a, b: compare_errors(self._report, self._place, a, b)
        return lambda a, b: self._text(a, b, media_type, expression)

    def _text(self, old: Shown | None, new: Shown | None, name: str, expression: str) -> None:
        if old and new and name == "text/plain":
            compare_results(self._report, self._place, expression, old.content, new.content)
        elif old and new:
            compare_texts(self._report, self._place, name, old.content, new.content)
        elif (only := new or old) is not None and name == "text/plain":
            one_result(self._report, self._place, expression, only.content, added=old is None)
        elif only is not None:
            one_text(self._report, self._place, name, only.content, added=old is None)

    def _image(self, old: Shown | None, new: Shown | None) -> None:
        if old and new:
            compare_images(self._report, self._place, old, new)
        elif (only := new or old) is not None:
            one_image(self._report, self._place, only, added=old is None)

    def _html(self, old: Shown | None, new: Shown | None) -> None:
        if old and new and old.content == new.content:
            return
        tables_old, text_old = read_tables(old.content) if old else ([], "")
        tables_new, text_new = read_tables(new.content) if new else ([], "")
        for number, (a, b) in enumerate(zip_longest(tables_old, tables_new), 1):
            name = f"table {number}" if max(len(tables_old), len(tables_new)) > 1 else "table"
            if a and b:
                compare_tables(self._report, self._place, name, a, b)
            elif (only := b or a) is not None:
                one_table(self._report, self._place, name, only, added=a is None)
        compare_texts(self._report, self._place, "text/html", text_old, text_new)

    def _structure(self, old: Shown | None, new: Shown | None, kind: str) -> None:
        media_type = (new or old or _NO_OUTPUT).media_type
        told: dict[str, Any] = {"name": media_type, "media_type": media_type}
        if old and new:
            found = differences(self._report, self._place, old.content, new.content)
            values = [{one["path"]: one[side] for one in found} for side in ("old", "new")]
            change = self._place.change("changed", old=values[0], new=values[1], **told)
            if not found:
                return
        elif new:
            change = self._place.change("added", old=None, new={}, **told)
        else:
            change = self._place.change("removed", old={}, new=None, **told)
        (self._report.images if kind == "plot" else self._report.texts).append(change)


_NOTHING = Cell(None, None, "", (), None)
_NO_OUTPUT = Shown("text", "text/plain", "", 0)


def _kinds(old: Cell | None, new: Cell | None) -> list[tuple[str, str]]:
    """What the cells show, each kind once; texts and structures by their media type."""
    found: dict[tuple[str, str], None] = {}
    for cell in (old, new):
        for shown in cell.shown if cell else ():
            found[_kind(shown)] = None
    return list(found)


def _kind(shown: Shown) -> tuple[str, str]:
    if shown.kind in ("table", "html"):
        return "table", "text/html"
    if shown.kind in ("image", "error"):
        return shown.kind, ""
    if shown.kind == "recorded":
        return shown.kind, recorded_as(shown)
    return shown.kind, shown.media_type


def _of(cell: Cell | None, kind: str, media_type: str) -> list[Shown]:
    shown = cell.shown if cell else ()
    return [one for one in shown if _kind(one) == (kind, media_type)]


def _listed(place: Place, old: Cell | None, new: Cell | None) -> list[dict[str, Any]]:
    """A cell by its places and what stands in its last line; injected parameters are none."""
    cell = new or old or _NOTHING
    if cell.index is None:
        return []
    line = expression_of(cell.source)
    return [{"cell_a": place.cell_a, "cell_b": place.cell_b, "line": line}]


def _code(place: Place, old: Cell | None, new: Cell | None) -> list[Change]:
    if old and new and (old.source == new.source or old.index is None):
        return []  # injected parameters are told of as parameters
    if (old or new or _NOTHING).index is None:
        return []
    kind = "changed" if old and new else "added" if new else "removed"
    a, b = (cell.source if cell else None for cell in (old, new))
    lines = unified_diff((a or "").splitlines(), (b or "").splitlines(), lineterm="", n=2)
    text = "\n".join(list(lines)[2:])
    return [place.change(kind, old=a, new=b, diff=text[:LONGEST])]


def _durations(place: Place, old: Cell | None, new: Cell | None) -> list[Change]:
    if old is None or new is None or old.duration is None or new.duration is None:
        return []
    low, high = sorted((old.duration, new.duration))
    if high - low < SECONDS or high < FACTOR * low:
        return []
    return [place.change("changed", old=old.duration, new=new.duration)]


def to_json(difference: Difference, options: Options) -> dict[str, Any]:
    changes = [*difference.report.changes, *difference.code]
    changed = {(change["cell_a"], change["cell_b"]) for change in changes}
    return {
        "same": difference.report.same,
        "cells": [
            {**cell, "changed": (cell["cell_a"], cell["cell_b"]) in changed}
            for cell in difference.cells
        ],
        **difference.report.to_json(show_hidden=options.show_hidden),
        "code": difference.code,
        "durations": difference.durations,
    }
