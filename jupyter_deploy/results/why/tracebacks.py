"""Where an error came from, as a traceback tells it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
#: What stands between an error and the one that it led to.
_CHAINED = re.compile(
    r"The above exception was the direct cause of|During handling of the above exception"
)
_CELL = re.compile(
    r"^\s*(?:Cell In|Input In ?)\s?\[(?P<count>\d+)\](?:, line (?P<line>\d+)"
    r"|, in .*<cell line: (?P<older>\d+)>)"
)
_FILE = re.compile(r"^(?:File )(?P<file>\S.*?):(?P<line>\d+)(?:, in .*)?$")
_PLAIN = re.compile(r'^\s*File "(?P<file>[^"]+)", line (?P<line>\d+)')
_ARROW = re.compile(r"^\s*-+> ?(?P<line>\d+) ?(?P<text>.*)$")
#: The file that a cell's code has in a traceback without IPython's own form.
_UNNAMED = re.compile(r"ipykernel_\d+[/\\]\d+\.py$|^<ipython-input-(?P<count>\d+)-")


@dataclass(frozen=True)
class Frame:
    """A place in a cell (by its execution count, 0 when that is not told) or in a file."""

    count: int | None
    file: str | None
    line: int
    text: str


@dataclass(frozen=True)
class Trace:
    """`frames` of the last error of a chain, outermost first; `files` of all of them."""

    frames: tuple[Frame, ...] = ()
    files: tuple[str, ...] = ()


def read_traceback(lines: Sequence[str]) -> Trace:
    """Of an error output's `traceback`; what is in another form has no frames."""
    text = _ANSI.sub("", "\n".join(lines))
    chain = [tuple(_frames(part)) for part in _CHAINED.split(text)]
    told = [frames for frames in chain if frames]
    files = tuple(frame.file for frames in told for frame in frames if frame.file)
    return Trace(told[-1] if told else (), files)


def _frames(text: str) -> Iterator[Frame]:
    lines = text.split("\n")
    for place, line in enumerate(lines):
        if found := _CELL.match(line):
            number = int(found["line"] or found["older"])
            yield Frame(int(found["count"]), None, number, _text(lines, place, number))
        elif found := _PLAIN.match(line) or _FILE.match(line):
            number = int(found["line"])
            unnamed = _UNNAMED.search(found["file"])
            count = int(unnamed["count"] or 0) if unnamed else None
            file = None if unnamed else found["file"]
            yield Frame(count, file, number, _text(lines, place, number))


def _text(lines: Sequence[str], place: int, number: int) -> str:
    """The source line that an arrow points at, else the line that follows."""
    following = lines[place + 1 : place + 12]
    for line in following:
        found = _ARROW.match(line)
        if found and int(found["line"]) == number:
            return found["text"].strip()
    return following[0].strip() if following else ""
