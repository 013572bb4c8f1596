"""A runner's log without secrets: what it and its kernel write to the terminal passes here."""

from __future__ import annotations

import atexit
import codecs
import os
import select
import sys
import threading

from jupyter_deploy.runner.redactor import PATIENCE, Passage, Redactor

CHUNK = 64 * 1024
#: Seconds that the last words may take on their way.
SETTLE = 2.0
_OUTPUTS = (1, 2)


class RedactedLog:
    """From its making to the end of the process stdout and stderr go through it."""

    def __init__(self, redactor: Redactor) -> None:
        self._passage = Passage(redactor)
        self._decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
        self._target = os.dup(_OUTPUTS[0])
        self._source, entrance = os.pipe()
        self._questions, self._asking = os.pipe()
        self._settled = threading.Event()
        os.set_blocking(self._source, False)
        for descriptor in _OUTPUTS:
            os.dup2(entrance, descriptor)
        os.close(entrance)
        threading.Thread(target=self._pass_on, name="log", daemon=True).start()
        atexit.register(self.settle)

    def settle(self) -> None:
        """Wait until what was written by now is in the log."""
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        self._settled.clear()
        os.write(self._asking, b"?")
        self._settled.wait(SETTLE)

    def _pass_on(self) -> None:
        while True:
            ready = select.select([self._source, self._questions], [], [], PATIENCE)[0]
            self._drain()
            if self._questions in ready:
                os.read(self._questions, 1)
                self._write(self._passage.end())
                self._settled.set()
            else:
                self._write(self._passage.overdue())

    def _drain(self) -> None:
        while True:
            try:
                content = os.read(self._source, CHUNK)
            except BlockingIOError:
                return
            if not content:
                return
            self._write(self._passage.take(self._decoder.decode(content)))

    def _write(self, text: str) -> None:
        content = text.encode("utf-8", "surrogateescape")
        while content:
            try:
                content = content[os.write(self._target, content) :]
            except OSError:  # a full disk has no room for it
                return
