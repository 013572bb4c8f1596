"""Text streams as a terminal would show them."""

from __future__ import annotations

import re

_OVERWRITTEN = re.compile(r"[^\n]*\r(?=[^\n\r])")


def extend(text: str, piece: str) -> str:
    """`text` with `piece` behind it; what a carriage return overwrites is gone."""
    if "\r" not in piece and not text.endswith("\r"):
        return text + piece
    kept, _, line = text.rpartition("\n")
    head = f"{kept}\n" if len(text) > len(line) else ""
    return head + collapse(line + piece)


def collapse(text: str) -> str:
    """The text without what its carriage returns overwrite."""
    return _OVERWRITTEN.sub("", text.replace("\r\n", "\n"))
