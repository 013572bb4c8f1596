"""Outputs on their way from the kernel into the ledger.

Text is gathered for a moment before it is written, so that a hundred thousand
prints are some hundred entries, and capped before it is held. What changes
outputs already written (an updated display, a cleared figure) makes the cell
*stale*: its outputs are written anew, at most so often.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from typing import Any

from nbformat import NotebookNode

from jupyter_deploy.domain import ledger
from jupyter_deploy.domain.caps import Caps, amount
from jupyter_deploy.notebook.outputs import clean_text, storable
from jupyter_deploy.notebook.replay import merged
from jupyter_deploy.notebook.streams import collapse
from jupyter_deploy.runner.ledger_file import LedgerFile
from jupyter_deploy.runner.redactor import Passage
from jupyter_deploy.runner.sheet import Sheet

#: Text is written after so many characters, or a sheet's pause.
PIECE = 64 * 1024

_THREAD = "Exception in thread "
_TASK = "Task exception was never retrieved"
_ERROR = re.compile(r"^[A-Za-z_][\w.]*(?:Error|Exception|Interrupt|Exit)\b.*$", re.MULTILINE)


class Recorder:
    """Keeps outputs within the caps and the ledger up with them."""

    def __init__(self, file: LedgerFile, caps: Caps) -> None:
        self._file = file
        self._caps = caps
        self._kept = 0
        self._sheets: list[Sheet] = []
        self._current = Sheet(None, [], file)
        self._stream = ""
        self._pieces: list[str] = []
        self._length = 0
        #: Of the current stream; secrets are gone before anything is cut off.
        self._passage = Passage(file.redactor)
        self.warnings: list[tuple[int | None, str]] = []

    def begin(self, index: int | None, outputs: list[NotebookNode]) -> Sheet:
        """A new cell; `outputs` is its list in the notebook, which will hold stand-ins."""
        sheet = Sheet(index, outputs, self._file)
        self._sheets.append(sheet)
        return sheet

    def text(self, sheet: Sheet, stream: str, text: str) -> None:
        """A piece of stdout or stderr."""
        if sheet.full:
            return
        if sheet is not self._current or stream != self._stream:
            self.flush()
            self._current, self._stream = sheet, stream
            self._passage = Passage(self._file.redactor)
        self._pieces.append(clean_text(text))
        self._length += len(text)
        if self._length >= PIECE:
            self._shorten()

    def _shorten(self) -> None:
        gathered = collapse("".join(self._pieces))
        self._pieces, self._length = [gathered], len(gathered)
        if self._length >= PIECE:
            self._pass_on()

    def admit(self, sheet: Sheet, content: Mapping[str, Any], *, always: bool) -> Any:
        """The content of another output made storable, None when there is no room for it.

        `always` is for errors: they are why the run failed.
        """
        self.flush()
        content, size = storable(content)
        if not always and self.refuses(sheet, size):
            return None
        self._grow(sheet, size)
        return content

    def refuses(self, sheet: Sheet, size: int) -> bool:
        """Whether there is no room for an output of so many bytes, which then is said."""
        self.flush()
        if sheet.full:
            return True
        room, limit = self._limit(sheet)
        if size > room:
            self._cut(sheet, limit)
        return sheet.full

    def rich(self, sheet: Sheet, output: NotebookNode) -> None:
        """An admitted output, now in the notebook."""
        sheet.added(output)

    def changing(self, sheet: Sheet) -> None:
        """Outputs of this cell will not be what the ledger says; all are in the notebook now."""
        self.flush()
        sheet.hold()

    def cleared(self, sheet: Sheet) -> None:
        if sheet is self._current:
            self._drop()
            self._passage = Passage(self._file.redactor)
        self._grow(sheet, -sheet.kept)
        sheet.full, sheet.stale = False, True

    def tick(self) -> None:
        """Write what has waited long enough; call it a few times a second."""
        now = time.monotonic()
        if self._pieces and now - self._current.written_at >= self._current.pause:
            self._pass_on()
        self._put(self._passage.overdue())
        for sheet in self._sheets:
            if sheet.stale and now - sheet.written_at >= sheet.pause:
                self._write_anew(sheet)

    def end(self, sheet: Sheet) -> None:
        """The cell is over; threads may still write."""
        self.flush()
        if sheet.stale:
            self._write_anew(sheet)
        if sheet.suspicious:
            self._look_for_failures(sheet)

    def finish(self) -> None:
        """Nothing comes any more."""
        for sheet in self._sheets:
            self.end(sheet)

    def flush(self) -> None:
        """Put all text into the notebook and the ledger."""
        self._pass_on()
        self._put(self._passage.end())

    def _pass_on(self) -> None:
        """The gathered text, but not what may be the beginning of a secret."""
        if self._pieces:
            text = collapse("".join(self._pieces))
            self._drop()
            self._put(self._passage.take(text))

    def _put(self, text: str) -> None:
        sheet = self._current
        if not text or sheet.full:
            return
        room, limit = self._limit(sheet)
        self._add_text(sheet, self._stream, text[:room])
        if len(text) > room:
            self._cut(sheet, limit)

    def warn(self, sheet: Sheet, message: str) -> None:
        """Once per cell and sentence."""
        message = self._file.redactor.text(message)
        if message not in sheet.warned:
            sheet.warned.add(message)
            self.warnings.append((sheet.index, message))
            self._file.append(ledger.warning(sheet.index, message))

    def _add_text(self, sheet: Sheet, stream: str, text: str) -> None:
        if not text:
            return
        self._grow(sheet, sheet.add_text(stream, text))
        if stream == "stderr" and (_THREAD in text or _TASK in text):
            sheet.suspicious = True

    def _write_anew(self, sheet: Sheet) -> None:
        self._grow(sheet, sheet.write_anew() - sheet.kept)

    def _limit(self, sheet: Sheet) -> tuple[int, str]:
        """How much still fits, and the words about the cap that is reached then."""
        caps = self._caps
        cell, run = caps.cell - sheet.kept, caps.run - self._kept
        whose, cap = ("cell", caps.cell) if cell <= run else ("run", caps.run)
        return max(0, min(cell, run)), f"more than {amount(cap)} in this {whose}"

    def _grow(self, sheet: Sheet, size: int) -> None:
        sheet.kept += size
        self._kept += size

    def _cut(self, sheet: Sheet, limit: str) -> None:
        """Say once that the rest is missing."""
        sheet.full = True
        self._add_text(sheet, "stderr", f"\n[output cut here: {limit}]\n")
        self.warn(sheet, f"Output was cut: {limit}.")

    def _drop(self) -> None:
        self._pieces, self._length = [], 0

    def _look_for_failures(self, sheet: Sheet) -> None:
        sheet.suspicious = False
        texts = [
            output.text
            for output in merged(sheet.written())
            if output.output_type == "stream" and output.name == "stderr"
        ]
        for mark, sentence in (
            (_THREAD, "A thread failed without stopping the notebook"),
            (_TASK, "An asyncio task failed without stopping the notebook"),
        ):
            for part in "".join(texts).split(mark)[1:]:
                error = _ERROR.search(part)
                self.warn(sheet, f"{sentence}: {error[0][:300]}" if error else f"{sentence}.")
