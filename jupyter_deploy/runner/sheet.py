"""The outputs of one cell: on the ledger, and held only while they are changed."""

from __future__ import annotations

import time
from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_output

from jupyter_deploy.domain import ledger
from jupyter_deploy.notebook.outputs import storable
from jupyter_deploy.notebook.replay import merged, no_places
from jupyter_deploy.notebook.streams import Extent, extend
from jupyter_deploy.runner.ledger_file import LedgerFile

#: Text is written after so many seconds.
PAUSE = 0.1
#: From so many bytes of one cell on the ledger is written more and more rarely.
BUSY = 2 * 1024 * 1024
LONGEST_PAUSE = 30.0


@dataclass
class Sheet:
    """`index` is the cell's place in the captured notebook, `outputs` its list in the executed one.

    The list has as many items as there are outputs, so that displays keep their places in
    it. While the sheet is stale they are the outputs; else they stand for what is on the
    ledger.
    """

    index: int | None
    outputs: list[NotebookNode]
    file: LedgerFile
    kept: int = 0
    logged: int = 0
    full: bool = False
    stale: bool = False
    suspicious: bool = False
    written_at: float = 0.0
    warned: set[str] = field(default_factory=set)
    #: Where on the ledger the outputs are, piece by piece.
    places: array[int] = field(default_factory=no_places)
    #: Of the last output, if that is text.
    extent: Extent = field(default_factory=lambda: Extent(""))

    @property
    def pause(self) -> float:
        """Seconds between two writings: hours of a progress bar must not fill the disk."""
        return float(min(LONGEST_PAUSE, PAUSE * (1 + (self.logged / BUSY) ** 2)))

    def written(self) -> Iterable[Mapping[str, Any]]:
        """The outputs, text in pieces. Raises OSError."""
        if self.stale:
            return map(self.file.clean_output, self.outputs)
        return self.file.outputs(self.places)

    def add_text(self, name: str, text: str) -> int:
        """By how many characters it makes the outputs longer. Raises OSError."""
        last = self.outputs[-1] if self.outputs else None
        if last is None or last.output_type != "stream" or last.name != name:
            output = new_output("stream", name=name, text=text)
            self.outputs.append(output)
            self.added(output)
            return len(text)
        if self.stale:
            before = len(last.text)
            last.text = extend(last.text, text)
            return len(last.text) - before
        self._log({"output_type": "stream", "name": name, "text": text})
        length = self.extent.length
        self.extent.extend(text)
        return self.extent.length - length

    def added(self, output: NotebookNode) -> None:
        """It is the last one now. Raises OSError."""
        if not self.stale:
            self._log(output)
            self.outputs[-1] = self._stand_in(output)

    def hold(self) -> None:
        """Outputs are going to be changed."""
        if not self.stale:
            self.outputs[:] = merged(self.written())
            self.stale = True

    def write_anew(self) -> int:
        """The ledger tells the outputs again; their size in bytes. Raises OSError."""
        self.file.append(ledger.clear_output(self.index))
        self.places = no_places()
        size = 0
        for output in self.outputs:
            self._log(output)
            size += storable(output)[1]
        self.outputs[:] = [self._stand_in(output) for output in self.outputs]
        self.stale = False
        return size

    def _log(self, output: Mapping[str, Any]) -> None:
        written = self.file.append(ledger.output(self.index, output))
        self.places.append(written.place)
        self.logged += written.size
        self.written_at = time.monotonic()

    def _stand_in(self, output: NotebookNode) -> NotebookNode:
        if output.output_type != "stream":
            return _ELSEWHERE
        self.extent = Extent(output.text)
        return NotebookNode(output_type="stream", name=output.name)


#: An output of which only the place counts.
_ELSEWHERE = NotebookNode(output_type="")
