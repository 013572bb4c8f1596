"""Changes of a notebook's cells, line by line."""

from __future__ import annotations

from difflib import unified_diff
from itertools import takewhile

from jupyter_deploy.cli.render import plain, print_line
from jupyter_deploy.domain.bundle import Edit

_STYLES = {"+": "green", "-": "red", "@": "cyan"}


def print_edit(edit: Edit, *, hidden: bool) -> None:
    """As a unified diff; with `hidden` without what is taken out, which is a secret."""
    cell = f"cell {edit.cell + 1}"
    place = cell if edit.before is not None else f"new cell before {cell}"
    tags = f", tagged {', '.join(edit.tags)}" if edit.tags else ""
    before, after = (edit.before or "").splitlines(), edit.after.splitlines()
    lines = unified_diff(before, after, cell, place + tags, n=2, lineterm="")
    for number, line in enumerate(lines):
        shown = _without(line, after) if hidden and number > 1 and line[0] == "-" else line
        print_line("  ", (plain(shown), _STYLES.get(line[0], "")))


def _without(line: str, after: list[str]) -> str:
    """What a line that goes shares with one that comes at its two ends."""
    best = ("", "")
    for other in after:
        start = _shared(line[1:], other)
        rest, other_rest = line[1 + len(start) :], other[len(start) :]
        best = max(best, (start, _shared(rest[::-1], other_rest[::-1])[::-1]), key=_length)
    return f"-{best[0]}…{best[1]}"


def _shared(one: str, other: str) -> str:
    pairs = takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False))
    return "".join(letter for letter, _ in pairs)


def _length(parts: tuple[str, str]) -> int:
    return len(parts[0])
