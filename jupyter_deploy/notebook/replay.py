"""Outputs from the ledger, and the executed notebook of a runner that died."""

from __future__ import annotations

import json
from array import array
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any

import nbformat

from jupyter_deploy.domain.ledger import Entry
from jupyter_deploy.durable import whole_file
from jupyter_deploy.notebook.executed import write_executed
from jupyter_deploy.notebook.streams import extend


def no_places() -> array[int]:
    """Where in a ledger entries begin; there may be hundreds of thousands."""
    return array("Q")


def outputs_at(ledger: IO[bytes], places: Iterable[int]) -> Iterator[dict[str, Any]]:
    """The outputs as they were written; a notebook may have damaged its ledger meanwhile."""
    for place in places:
        ledger.seek(place)
        try:
            output = json.loads(ledger.readline())["output"]
        except (ValueError, KeyError, TypeError):
            continue
        yield output


def merged(outputs: Iterable[Mapping[str, Any]]) -> list[nbformat.NotebookNode]:
    """The outputs as a notebook has them: the pieces of a text are one."""
    found: list[nbformat.NotebookNode] = []
    for output in outputs:
        last = found[-1] if found else None
        if (
            last is not None
            and output["output_type"] == "stream" == last["output_type"]
            and output["name"] == last["name"]
        ):
            last["text"] = extend(last["text"], output["text"])
        else:
            found.append(nbformat.from_dict(output))
    return found


def ends_of_texts(outputs: Iterable[Mapping[str, Any]], most: int) -> Iterator[Mapping[str, Any]]:
    """The outputs, but of pieces of one text only the last, of at least `most` characters."""
    pieces: deque[Mapping[str, Any]] = deque()
    length = 0
    for output in outputs:
        if pieces and _stream(output) != _stream(pieces[0]):
            yield from pieces
            pieces.clear()
            length = 0
        if _stream(output) is None:
            yield output
            continue
        pieces.append(output)
        length += len(output["text"])
        while length - len(pieces[0]["text"]) >= most:
            length -= len(pieces.popleft()["text"])
    yield from pieces


def _stream(output: Mapping[str, Any]) -> str | None:
    """Its name, None for what is no text that is printed."""
    return str(output["name"]) if output["output_type"] == "stream" else None


def located(entries: Iterable[tuple[int, Entry]]) -> dict[int, array[int]]:
    """Where the outputs of each cell are, from all entries and where they begin."""
    found: dict[int, array[int]] = defaultdict(no_places)
    for place, entry in entries:
        if entry.kind == "output" and entry.data["cell"] is not None:
            found[entry.data["cell"]].append(place)
        elif entry.kind == "clear_output":
            found.pop(entry.data["cell"], None)
    return found


def rebuild_file(
    task: Path, ledger: Path, entries: Iterable[tuple[int, Entry]], target: Path
) -> None:
    """Write the notebook of this task with the ledger's outputs.

    Raises OSError, and KeyError, TypeError or ValueError when task, source or ledger
    are damaged.
    """
    blob = json.loads(task.read_text(encoding="utf-8"))["notebook"]["blob"]
    source = nbformat.reads(Path(blob).read_text(encoding="utf-8"), as_version=4)
    places = located(entries)
    with open(ledger, "rb") as story, whole_file(target) as file:
        write_executed(file, source, lambda cell: outputs_at(story, places.get(cell, ())))
