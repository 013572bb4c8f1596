"""JSON by meaning: values at paths, numbers within rounding."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from jupyter_deploy.results.changes import Place, Report

#: Paths that a change names.
MOST = 50
#: Plotting libraries number their traces anew each time.
_IDS = ("uid", "uirevision")

Difference = tuple[str, Any, Any]
_MISSING = object()


def differences(report: Report, place: Place, old: Any, new: Any) -> list[dict[str, Any]]:
    """The first paths at which two documents differ in more than noise; none when they do not."""
    found: list[dict[str, Any]] = []
    for path, a, b in _walk(report, old, new, ""):
        if _sounds_alike(report, a, b):
            report.hide(place, report.noise.kind(a, b), a, b)
        elif len(found) < MOST:
            found.append({"path": path or "/", "old": _short(a), "new": _short(b)})
    return found


def _sounds_alike(report: Report, old: Any, new: Any) -> bool:
    texts = isinstance(old, str) and isinstance(new, str)
    return texts and report.noise.quiet(old) == report.noise.quiet(new)


def _walk(report: Report, old: Any, new: Any, path: str) -> Iterator[Difference]:
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in (*old, *(key for key in new if key not in old)):
            if key not in _IDS:
                yield from _walk(
                    report, old.get(key, _MISSING), new.get(key, _MISSING), f"{path}/{key}"
                )
    elif isinstance(old, list) and isinstance(new, list):
        for number in range(max(len(old), len(new))):
            yield from _walk(report, _at(old, number), _at(new, number), f"{path}/{number}")
    elif _is_number(old) and _is_number(new):
        if not report.tolerances.equal(old, new, path):
            yield path, old, new
    elif old != new or isinstance(old, bool) != isinstance(new, bool):
        yield path, old, new


def _at(items: Sequence[Any], number: int) -> Any:
    return items[number] if number < len(items) else _MISSING


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _short(value: Any) -> Any:
    if value is _MISSING:
        return None
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, (dict, list)):
        return f"{len(value)} entries"
    return value[:200] if isinstance(value, str) else value
