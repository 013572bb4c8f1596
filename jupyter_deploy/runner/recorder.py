"""Outputs on their way from the kernel into the notebook and the ledger.

Text is gathered for a moment before it is written, so that a hundred thousand
prints are some hundred entries, and capped before it is held.
"""

from __future__ import annotations

import json
import re
import time
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_output

from jupyter_deploy.notebook.streams import collapse, extend
from jupyter_deploy.runner.ledger_file import LedgerFile

#: Bytes of output that one cell and one run may leave.
CELL_CAP = 10 * 1024 * 1024
RUN_CAP = 200 * 1024 * 1024
#: Text is written after so many seconds or characters.
PAUSE = 0.1
PIECE = 64 * 1024

_SILENT_FAILURES = {
    "Exception in thread ": "A thread failed without stopping the notebook: {}",
    "Task exception was never retrieved": "An asyncio task failed without stopping the notebook.",
}


class Recorder:
    """The outputs of the cell under way."""

    def __init__(self, ledger: LedgerFile) -> None:
        self._ledger = ledger
        self._run_bytes = 0
        self._cell: int | None = None
        self._outputs: list[NotebookNode] = []
        self._cell_bytes = 0
        self._stream = ""
        self._pieces: list[str] = []
        self._length = 0
        self._since = 0.0
        self._warned: set[str] = set()

    def begin(self, cell: int | None, outputs: list[NotebookNode]) -> None:
        """The next outputs belong to this cell of the captured notebook."""
        self._cell, self._outputs, self._cell_bytes = cell, outputs, 0
        self._warned.clear()

    def text(self, outputs: list[NotebookNode], stream: str, text: str) -> None:
        """A piece of stdout or stderr."""
        self._outputs = outputs
        if not self._room(len(text)):
            return
        if stream != self._stream:
            self.flush()
            self._stream = stream
        if not self._pieces:
            self._since = time.monotonic()
        self._pieces.append(text)
        self._length += len(text)
        if self._length >= PIECE:
            self.flush()

    def rich(self, output: dict[str, Any]) -> None:
        """Any other output, already in the notebook."""
        self._ledger.append("output", cell=self._cell, output=output)

    def admits(self, content: dict[str, Any]) -> bool:
        """Whether this rich output is within the caps."""
        self.flush()
        return self._room(len(json.dumps(content, default=str)))

    def cleared(self) -> None:
        self._drop()
        self._ledger.append("clear_output", cell=self._cell)

    def flush_if_due(self) -> None:
        if self._pieces and time.monotonic() - self._since >= PAUSE:
            self.flush()

    def flush(self) -> None:
        """Write the gathered text."""
        if not self._pieces:
            return
        text = collapse("".join(self._pieces))
        stream = self._stream
        self._drop()
        self._add_text(stream, text)
        self._ledger.append(
            "output",
            cell=self._cell,
            output={"output_type": "stream", "name": stream, "text": text},
        )
        if stream == "stderr":
            self._look_for_failures(text)

    def _add_text(self, stream: str, text: str) -> None:
        last = self._outputs[-1] if self._outputs else None
        if last is not None and last.output_type == "stream" and last.name == stream:
            last.text = extend(last.text, text)
        else:
            self._outputs.append(new_output("stream", name=stream, text=text))  # type: ignore[no-untyped-call]

    def _drop(self) -> None:
        self._pieces, self._length, self._stream = [], 0, ""

    def _room(self, size: int) -> bool:
        if self._cell_bytes > CELL_CAP or self._run_bytes > RUN_CAP:
            return False
        self._cell_bytes += size
        self._run_bytes += size
        if self._cell_bytes > CELL_CAP or self._run_bytes > RUN_CAP:
            self._truncate()
            return False
        return True

    def _truncate(self) -> None:
        self.flush()
        cap = CELL_CAP if self._cell_bytes > CELL_CAP else RUN_CAP
        notice = f"\n[output cut here: more than {cap // 1024**2} MB]\n"
        self._add_text("stderr", notice)
        output = {"output_type": "stream", "name": "stderr", "text": notice}
        self._ledger.append("output", cell=self._cell, output=output)
        self.warn(f"More than {cap // 1024**2} MB of output; the rest was cut.")

    def _look_for_failures(self, text: str) -> None:
        for mark, sentence in _SILENT_FAILURES.items():
            if mark in text:
                errors = re.findall(
                    r"^(\w[\w.]*(?:Error|Exception|Interrupt).*)$", text, re.MULTILINE
                )
                self.warn(sentence.format(errors[-1] if errors else "see its output."))

    def warn(self, message: str) -> None:
        """Once per cell and sentence."""
        if message not in self._warned:
            self._warned.add(message)
            self._ledger.append("warning", cell=self._cell, message=message)
