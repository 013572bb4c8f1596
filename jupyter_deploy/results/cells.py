"""An executed notebook as cells and what each of them shows."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

#: Of several forms of one output the first of these is compared: it says most about the meaning.
_PLOTS = (
    "application/vnd.plotly.v1+json",
    "application/vnd.vegalite.v5+json",
    "application/vnd.vegalite.v4+json",
    "application/vnd.vega.v5+json",
)
_IMAGES = ("image/png", "image/svg+xml", "image/jpeg", "image/gif", "image/webp")
_TEXTS = ("text/markdown", "text/latex", "text/plain")
#: What a notebook records of its own will; docs/sdk.md describes each.
METRIC = "application/vnd.jupyter-deploy.metric.v1+json"
TABLE = "application/vnd.jupyter-deploy.table.v1+json"
FILE = "application/vnd.jupyter-deploy.file.v1+json"
TEXT = "application/vnd.jupyter-deploy.text.v1+json"
_RECORDED = (METRIC, TABLE, FILE, TEXT)
_TABLE = re.compile(r"<table\b", re.IGNORECASE)
#: What the runner writes where it stopped taking output.
CUT = re.compile(r"^\[output cut here: .*\]$", re.MULTILINE)


@dataclass(frozen=True)
class Shown:
    """One output; `place` counts among the cell's outputs.

    `kind` is text, html, table, image, plot, json, recorded or error; `media_type` of text is
    `stdout`, `stderr` or that of the display.
    """

    kind: str
    media_type: str
    content: Any
    place: int


@dataclass(frozen=True)
class Cell:
    """A code cell; `index` is its place in the captured notebook, None for injected parameters.

    `duration` in seconds, None when it never ran.
    """

    index: int | None
    id: str | None
    source: str
    shown: tuple[Shown, ...]
    duration: float | None


@dataclass(frozen=True)
class Results:
    """`day` is the date on which it ran, as far as the notebook tells."""

    cells: tuple[Cell, ...]
    day: str | None
    cut: bool


def read_results(content: bytes) -> Results:
    """The code cells of an executed notebook. Raises ValueError for what is none."""
    document = json.loads(content)
    try:
        cells = tuple(_cells(document["cells"]))
        metadata = document["metadata"].get("papermill", {})
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("it is not a notebook of format 4") from error
    began = metadata.get("start_time")
    texts = (s.content for cell in cells for s in cell.shown if s.media_type == "stderr")
    cut = any(CUT.search(text) for text in texts)
    return Results(cells, began[:10] if isinstance(began, str) else None, cut)


def _cells(documents: Sequence[Mapping[str, Any]]) -> Iterator[Cell]:
    place = 0
    for document in documents:
        metadata = document.get("metadata", {})
        injected = "injected-parameters" in metadata.get("tags", ())
        if document["cell_type"] == "code":
            duration = metadata.get("papermill", {}).get("duration")
            yield Cell(
                index=None if injected else place,
                id=document.get("id"),
                source=joined(document["source"]),
                shown=tuple(read_outputs(document.get("outputs", ()))),
                duration=duration if _is_seconds(duration) else None,
            )
        place += not injected


def _is_seconds(value: Any) -> bool:
    return isinstance(value, (int, float)) and math.isfinite(value)


def joined(text: str | Sequence[str]) -> str:
    """Texts in notebooks may be lists of lines."""
    return text if isinstance(text, str) else "".join(text)


def read_outputs(outputs: Sequence[Mapping[str, Any]]) -> Iterator[Shown]:
    """What a cell shows. Streams of one name count as one, whatever was printed between them."""
    streams: dict[str, tuple[int, list[str]]] = {}
    for place, output in enumerate(outputs):
        kind = output["output_type"]
        if kind == "stream":
            streams.setdefault(output["name"], (place, []))[1].append(joined(output["text"]))
        elif kind == "error":
            said = {"name": output.get("ename", ""), "value": output.get("evalue", "")}
            yield Shown("error", "error", said, place)
        elif (found := _display(output.get("data", {}), place)) is not None:
            yield found
    for name, (place, pieces) in streams.items():
        yield Shown("text", name, "".join(pieces), place)


def _display(data: Mapping[str, Any], place: int) -> Shown | None:
    for kind, media_types in (("recorded", _RECORDED), ("plot", _PLOTS)):
        for media_type in media_types:
            if isinstance(data.get(media_type), dict):
                return Shown(kind, media_type, data[media_type], place)
    for media_type in _IMAGES:
        if media_type in data:
            return Shown("image", media_type, joined(data[media_type]), place)
    if "text/html" in data:
        html = joined(data["text/html"])
        return Shown("table" if _TABLE.search(html) else "html", "text/html", html, place)
    for media_type, value in data.items():
        if media_type == "application/json" or media_type.endswith("+json"):
            return Shown("json", media_type, value, place)
    for media_type in _TEXTS:
        if media_type in data:
            return Shown("text", media_type, joined(data[media_type]), place)
    return None


def expression_of(source: str) -> str:
    """The last line of a cell, which gave its result and names it."""
    lines = [line.strip() for line in source.splitlines() if line.strip()]
    return lines[-1][:60] if lines else "result"
