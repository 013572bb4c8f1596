"""Executed notebooks, cell by cell, and their comparison."""

from __future__ import annotations

import base64
import io
import json
from typing import Any

from PIL import Image, ImageDraw, PngImagePlugin

from jupyter_deploy.results.cells import Results, read_results
from jupyter_deploy.results.compare import Options, compare, to_json

Document = dict[str, Any]


def cell(source: str = "x", *outputs: Document, **members: Any) -> Document:
    return {
        "cell_type": "code",
        "source": source,
        "outputs": list(outputs),
        "metadata": {},
        **members,
    }


def printed(text: str, stream: str = "stdout") -> Document:
    return {"output_type": "stream", "name": stream, "text": text}


def shown(media_type: str, value: Any, **others: Any) -> Document:
    return {"output_type": "display_data", "data": {media_type: value, **others}, "metadata": {}}


def error(name: str, value: str) -> Document:
    return {"output_type": "error", "ename": name, "evalue": value, "traceback": []}


def results(*cells: Document, day: str | None = None) -> Results:
    papermill = {"start_time": f"{day}T06:00:00+00:00"} if day else {}
    metadata = {"papermill": papermill}
    document = {"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": cells}
    return read_results(json.dumps(document).encode())


def difference(old: Results, new: Results, **options: Any) -> Document:
    chosen = Options(**options)
    return to_json(compare(old, new, chosen), chosen)


def between(old: Document, new: Document, **options: Any) -> Document:
    """The difference of two notebooks of one cell, which shows one or the other."""
    return difference(results(cell("x", old)), results(cell("x", new)), **options)


def table(columns: list[str], rows: dict[str, list[object]]) -> str:
    """As pandas writes it."""
    head = "".join(f"<th>{name}</th>" for name in ("", *columns))
    body = "".join(
        f"<tr><th>{label}</th>{''.join(f'<td>{value}</td>' for value in row)}</tr>"
        for label, row in rows.items()
    )
    return (
        '<div><style scoped>.x {}</style><table class="dataframe">'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def picture(level: int = 100, note: str = "", size: tuple[int, int] = (600, 400)) -> str:
    """A line on white; `note` changes the file and nothing that is seen."""
    image = Image.new("RGB", size, "white")
    ImageDraw.Draw(image).line([(0, level), (size[0], size[1] - level)], fill="blue", width=3)
    info = PngImagePlugin.PngInfo()
    info.add_text("Software", note)
    file = io.BytesIO()
    image.save(file, "PNG", pnginfo=info)
    return base64.b64encode(file.getvalue()).decode()
