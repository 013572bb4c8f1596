"""A comparison in one sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

#: Relative change of a table's rows that is told.
GROWTH = 0.1
#: Section and what one change of it is called.
_SECTIONS = (
    ("metrics", "metric"),
    ("tables", "table"),
    ("images", "plot"),
    ("texts", "text"),
    ("errors", "error"),
)
#: A cause, what it is called where it is the same, and one change of it.
_CAUSES = (
    ("code", "code", "cell of code", "cells of code"),
    ("environment", "packages", "package", "packages"),
    ("parameters", "parameters", "parameter", "parameters"),
    ("inputs", "files", "file", "files"),
)


def summarize(document: Mapping[str, Any]) -> str:
    """`document` has the sections of a comparison and its `causes`."""
    told = [_causes(document["causes"]), *_tables(document["causes"]["inputs"])]
    return f"{_results(document)}; {'; '.join(told)}."


def _results(document: Mapping[str, Any]) -> str:
    if document["same"]:
        return "No difference in the results"
    counted = [
        f"{len(document[section])} {word}{'s' if len(document[section]) > 1 else ''}"
        for section, word in _SECTIONS
        if document[section]
    ]
    return f"Results differ in {_listed(counted)}"


def _causes(causes: Mapping[str, Sequence[Any]]) -> str:
    changed = [
        f"{len(causes[cause])} {many if len(causes[cause]) > 1 else one}"
        for cause, _same, one, many in _CAUSES
        if causes[cause]
    ]
    same = [same for cause, same, _one, _many in _CAUSES if not causes[cause]]
    told = [f"{_listed(changed)} changed"] if changed else []
    if same:
        told.append(f"{_listed(same)} {'is' if same == ['code'] else 'are'} the same")
    return ", ".join(told)


def _tables(inputs: Sequence[Mapping[str, Any]]) -> list[str]:
    """The file whose number of rows has changed most."""
    grown = {}
    for item in inputs:
        old, new = ((item[side] or {}).get("rows") for side in ("old", "new"))
        if old and new is not None and not item.get("cut") and abs(new / old - 1) >= GROWTH:
            grown[item["name"]] = new / old - 1
    if not grown:
        return []
    name = max(grown, key=lambda name: abs(grown[name]))
    word = "fewer" if grown[name] < 0 else "more"
    return [f"{name} has {100 * abs(grown[name]):,.0f} % {word} rows"]


def _listed(words: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))
