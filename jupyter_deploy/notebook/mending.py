"""Slips in a notebook's form that have one obvious repair.

Works on the raw document of every format, before nbformat sees it: its converters
stop at the first missing member.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

MINOR = 5
_CURRENT = 4
_TYPES = ("code", "markdown", "raw")
#: Members of a cell's metadata that executions write.
_TRACES = ("execution", "papermill", "ExecuteTime", "collapsed")


@dataclass(frozen=True)
class Slip:
    """What was wrong, as the end of a sentence; `cell` is an index or None."""

    said: str
    cell: int | None = None


def mend(document: dict[str, Any], version: int) -> list[Slip]:
    """Repair the document in place and drop what executions left in it.

    Raises ValueError with half a sentence when there are no cells to repair.
    """
    slips = list(_mend_document(document, version))
    for number, cell in enumerate(_cells(document, version)):
        slips += _mend_cell(cell, number, version)
        _forget_execution(cell, version)
    return slips


def _cells(document: dict[str, Any], version: int) -> Iterator[dict[str, Any]]:
    sheets = [document] if version in (1, _CURRENT) else document.get("worksheets")
    if not isinstance(sheets, list):
        raise ValueError("it has no list of worksheets")
    for sheet in sheets:
        cells = sheet.get("cells") if isinstance(sheet, dict) else None
        if not isinstance(cells, list):
            raise ValueError("it has no list of cells")
        for number, cell in enumerate(cells):
            if not isinstance(cell, dict):
                raise ValueError(f"cell {number + 1} is not an object")
            if version == _CURRENT and cell.get("cell_type") not in _TYPES:
                raise ValueError(f"cell {number + 1} is neither code, markdown nor raw")
            yield cell


def _mend_document(document: dict[str, Any], version: int) -> Iterator[Slip]:
    if document.get("metadata") is None:
        document["metadata"] = {}
        if version == _CURRENT:
            yield Slip("missing metadata")
    if version == _CURRENT and type(document.get("nbformat_minor")) is not int:
        document["nbformat_minor"] = MINOR
        yield Slip("missing nbformat_minor")
    metadata = document["metadata"]
    if not isinstance(metadata, dict):
        raise ValueError("its metadata is not an object")
    for trace in ("papermill", "widgets"):
        metadata.pop(trace, None)
    yield from _mend_kernel(metadata)


def _mend_kernel(metadata: dict[str, Any]) -> Iterator[Slip]:
    for member in ("kernelspec", "language_info"):
        if member not in metadata:
            continue
        held = metadata[member]
        if not isinstance(held, dict) or not isinstance(held.get("name"), str):
            del metadata[member]
            yield Slip(f"{member} without a name")
        elif member == "kernelspec" and not isinstance(held.get("display_name"), str):
            held["display_name"] = held["name"]
            yield Slip("kernelspec without display_name")
    # A kernel describes its language anew whenever the notebook is opened; only its name tells
    # which kernel is meant, where nothing else does.
    if "kernelspec" in metadata:
        metadata.pop("language_info", None)
    elif "language_info" in metadata:
        metadata["language_info"] = {"name": metadata["language_info"]["name"]}


def _mend_cell(cell: dict[str, Any], number: int, version: int) -> Iterator[Slip]:
    if cell.get("metadata") is None:
        cell["metadata"] = {}
        if version == _CURRENT:
            yield Slip("missing metadata of cells", number)
    if not isinstance(cell["metadata"], dict):
        raise ValueError(f"the metadata of cell {number + 1} is not an object")
    if version < _CURRENT:
        return
    if cell.get("source") is None:
        cell["source"] = ""
        yield Slip("missing source of cells", number)
    if not _is_text(cell["source"]):
        raise ValueError(f"the source of cell {number + 1} is not text")
    if cell["cell_type"] == "code":
        for member in ("outputs", "execution_count"):
            if member not in cell:
                yield Slip(f"missing {member} of cells", number)
    yield from _mend_tags(cell, number)


def _mend_tags(cell: dict[str, Any], number: int) -> Iterator[Slip]:
    metadata = cell["metadata"]
    if "tags" not in metadata:
        return
    tags = metadata["tags"]
    if tags is None:
        del metadata["tags"]
        yield Slip("empty tags", number)
    elif isinstance(tags, list) and all(isinstance(tag, str) for tag in tags):
        metadata["tags"] = list(dict.fromkeys(tags))
        if len(metadata["tags"]) < len(tags):
            yield Slip("repeated tags", number)


def _forget_execution(cell: dict[str, Any], version: int) -> None:
    if cell.get("cell_type") == "code":
        cell["outputs"] = []
        cell.pop("prompt_number", None)
        cell.pop("collapsed", None)
        if version == _CURRENT:
            cell["execution_count"] = None
    for trace in _TRACES:
        cell["metadata"].pop(trace, None)


def _is_text(source: Any) -> bool:
    """Text, or lines of text."""
    lines = source if isinstance(source, list) else [source]
    return all(isinstance(line, str) for line in lines)
