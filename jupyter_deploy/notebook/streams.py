"""Text streams as a terminal would show them."""

from __future__ import annotations


def extend(text: str, piece: str) -> str:
    """`text` with `piece` behind it; what a carriage return overwrites is gone."""
    if "\r" not in piece and not text.endswith("\r"):
        return text + piece
    kept, _, line = text.rpartition("\n")
    head = f"{kept}\n" if len(text) > len(line) else ""
    return head + collapse(line + piece)


def collapse(text: str) -> str:
    """The text without what its carriage returns overwrite."""
    if "\r" not in text:
        return text
    return "\n".join(_shown(line) for line in text.replace("\r\n", "\n").split("\n"))


def _shown(line: str) -> str:
    """No regular expression: on one long line it would look behind every character."""
    written = line.rstrip("\r")
    return written.rpartition("\r")[2] + line[len(written) :]
