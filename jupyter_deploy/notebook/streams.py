"""Text streams as a terminal would show them."""

from __future__ import annotations


def extend(text: str, piece: str) -> str:
    """`text` with `piece` behind it; what a carriage return overwrites is gone."""
    if "\r" not in piece and not text.endswith("\r"):
        return text + piece
    kept, _, line = text.rpartition("\n")
    head = f"{kept}\n" if len(text) > len(line) else ""
    return head + collapse(line + piece)


class Extent:
    """How long a text is that grows by `extend`; the text itself is not held."""

    def __init__(self, text: str) -> None:
        self.length = 0
        #: Characters of the last line, without the carriage returns at its end.
        self._line = 0
        self._returns = ""
        self._note(text, 0)

    def extend(self, piece: str) -> None:
        # One character stands for the line: only whether it is overwritten counts.
        mark = next(char for char in map(chr, range(0xE000, 0x110000)) if char not in piece)
        line = mark if self._line else ""
        hidden = self._line - len(line)
        shown = extend(line + self._returns, piece)
        self.length -= self._line + len(self._returns)
        self._note(shown, hidden if line and shown.startswith(line) else 0)

    def _note(self, text: str, hidden: int) -> None:
        """This is behind what is counted, and its first character stands for some more."""
        self.length += len(text) + hidden
        last = text.rpartition("\n")[2]
        written = last.rstrip("\r")
        self._line = len(written) + (hidden if len(last) == len(text) else 0)
        self._returns = last[len(written) :]


def collapse(text: str) -> str:
    """The text without what its carriage returns overwrite."""
    if "\r" not in text:
        return text
    return "\n".join(_shown(line) for line in text.replace("\r\n", "\n").split("\n"))


def _shown(line: str) -> str:
    """No regular expression: on one long line it would look behind every character."""
    written = line.rstrip("\r")
    return written.rpartition("\r")[2] + line[len(written) :]
