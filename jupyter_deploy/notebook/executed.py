"""An executed notebook as a file, written without ever holding its outputs."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterable, Mapping
from typing import IO, Any

from jupyter_deploy.notebook.documents import Notebook, dump_notebook
from jupyter_deploy.notebook.streams import extend

#: The outputs of a cell by its place, one after another; text in any number of pieces.
Outputs = Callable[[int], Iterable[Mapping[str, Any]]]

_ENCODER = json.JSONEncoder(indent=1, sort_keys=True, ensure_ascii=False)
#: How deep outputs are in a notebook.
_BREAK = "\n" + " " * 4


def write_executed(file: IO[bytes], notebook: Notebook, outputs: Outputs) -> None:
    """What `dump_notebook` gives of the notebook with these outputs in its code cells.

    Raises OSError, and KeyError, TypeError or ValueError for what is no output.
    """
    mark = secrets.token_hex(16)
    places = [place for place, cell in enumerate(notebook.cells) if cell.cell_type == "code"]
    cells = [
        {**cell, "outputs": mark} if cell.cell_type == "code" else cell for cell in notebook.cells
    ]
    first, *parts = dump_notebook(Notebook({**notebook, "cells": cells})).split(
        f'"{mark}"'.encode()
    )
    file.write(first)
    for place, part in zip(places, parts, strict=True):
        writer = _List(file)
        for output in outputs(place):
            writer.add(output)
        writer.end()
        file.write(part)


class _List:
    """A list of outputs; pieces of a text are put together on the way."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._begun = False
        self._stream: str | None = None
        self._line: list[str] = []

    def add(self, output: Mapping[str, Any]) -> None:
        if output["output_type"] != "stream":
            self._next()
            self._write_rich(output)
        elif output["name"] == self._stream:
            self._add_text(output["text"])
        else:
            self._next()
            self._begin_stream(output["name"], output["text"])

    def end(self) -> None:
        self._end_stream()
        self._write("\n   ]" if self._begun else "[]")

    def _next(self) -> None:
        self._end_stream()
        self._write(f",{_BREAK}" if self._begun else f"[{_BREAK}")
        self._begun = True

    def _write_rich(self, output: Mapping[str, Any]) -> None:
        for part in _ENCODER.iterencode(output):
            self._write(part.replace("\n", _BREAK))  # within strings it is escaped

    def _begin_stream(self, name: str, text: str) -> None:
        self._stream = name
        members = _ENCODER.encode({"name": name, "output_type": "stream", "text": ""})
        self._write(members.replace("\n", _BREAK)[: -len(f'"{_BREAK}}}')])
        self._keep(text)

    def _add_text(self, text: str) -> None:
        """Only the last line may still change."""
        if "\r" in text or (self._line and self._line[-1].endswith("\r")):
            text = extend("".join(self._line), text)
            self._line.clear()
        self._keep(text)

    def _keep(self, text: str) -> None:
        done, newline, rest = text.rpartition("\n")
        if newline:
            self._write_line()
            self._write_text(done + newline)
        if rest:
            self._line.append(rest)

    def _write_line(self) -> None:
        for piece in self._line:
            self._write_text(piece)
        self._line.clear()

    def _end_stream(self) -> None:
        if self._stream is not None:
            self._write_line()
            self._write(f'"{_BREAK}}}')
            self._stream = None

    def _write_text(self, text: str) -> None:
        self._write(_ENCODER.encode(text)[1:-1])

    def _write(self, text: str) -> None:
        self._file.write(text.encode())
