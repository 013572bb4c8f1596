"""Files of a project, as tests lay them out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import nbformat


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def notebook(**metadata: Any) -> str:
    cell = nbformat.v4.new_code_cell("n = 3", metadata={"tags": ["parameters"]}, id="one")
    spec = {"kernelspec": {"name": "python3", "display_name": "Python 3"}, **metadata}
    cells = [cell, nbformat.v4.new_code_cell(" ", id="two")]
    return json.dumps(nbformat.v4.new_notebook(cells=cells, metadata=spec))
