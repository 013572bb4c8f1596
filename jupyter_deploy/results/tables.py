"""HTML tables read into rows and columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from lxml import etree, html

#: Rows of a table that are read.
MAX_ROWS = 100_000
#: A cell cannot reach further, whatever its attributes say.
MAX_SPAN = 1000
_GAP = ("...", "…", "⋮", "&hellip;")

Row = tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """`labels` are what the row headers say, `rows` the values beside them.

    `whole` is False where the notebook or this reader left rows out.
    """

    columns: Row
    labels: tuple[Row, ...]
    rows: tuple[Row, ...]
    whole: bool

    @property
    def size(self) -> dict[str, int]:
        return {"rows": len(self.rows), "columns": len(self.columns)}


def read_tables(fragment: str) -> tuple[list[Table], str]:
    """The tables of a piece of HTML, and the text around them."""
    try:
        root = html.fromstring(f"<div>{fragment}</div>")
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return [], fragment
    for element in root.iter("style", etree.Comment):
        element.text = None
    tables = root.xpath(".//table[not(ancestor::table)]")
    found = [_read(table) for table in tables]
    for table in tables:
        table.drop_tree()
    return found, " ".join(root.text_content().split())


def _read(table: Any) -> Table:
    elements = list(table.iter("tr"))
    grid = _grid(elements[: MAX_ROWS + 10])
    head = sum(1 for row in grid if row and all(is_header for _text, is_header in row))
    labelled = _width_of_labels(grid[head:])
    columns = _names(grid[:head], labelled)
    body = [row for row in grid[head:] if not _is_gap(row)]
    return Table(
        columns=columns,
        labels=tuple(tuple(text for text, _ in row[:labelled]) for row in body),
        rows=tuple(tuple(text for text, _ in row[labelled:]) for row in body),
        whole=len(body) == len(elements) - head,
    )


def _grid(rows: Sequence[Any]) -> list[list[tuple[str, bool]]]:
    """Every row with all its cells, also those that reach into it from above."""
    grid: list[list[tuple[str, bool]]] = []
    reaching: dict[int, tuple[int, tuple[str, bool]]] = {}
    for element in rows:
        row: list[tuple[str, bool]] = []
        for cell in element.iterchildren("td", "th"):
            row += _reached(reaching, len(row))
            value = (" ".join(_content(cell).split()), cell.tag == "th")
            down = _span(cell, "rowspan")
            for _ in range(_span(cell, "colspan")):
                if down > 1:
                    reaching[len(row)] = (down - 1, value)
                row.append(value)
        row += _reached(reaching, len(row))
        grid.append(row)
    return grid


def _reached(
    reaching: dict[int, tuple[int, tuple[str, bool]]], column: int
) -> Iterator[tuple[str, bool]]:
    while column in reaching:
        left, value = reaching.pop(column)
        if left > 1:
            reaching[column] = (left - 1, value)
        yield value
        column += 1


def _content(cell: Any) -> str:
    return (cell.text or "") if not len(cell) else cell.text_content()


def _span(cell: Any, name: str) -> int:
    text = cell.get(name)
    if text is None:
        return 1
    return min(MAX_SPAN, max(1, int(text))) if text.isdecimal() and len(text) < 6 else 1


def _width_of_labels(rows: Sequence[Sequence[tuple[str, bool]]]) -> int:
    """How many columns are row headers."""
    for row in rows:
        return next((n for n, (_text, header) in enumerate(row) if not header), 0)
    return 0


def _names(head: Sequence[Sequence[tuple[str, bool]]], labelled: int) -> Row:
    """One name a column; those of several levels joined."""
    levels = [[text for text, _ in row[labelled:]] for row in head]
    if not levels:
        return ()
    width = max(map(len, levels))
    padded = [level + [""] * (width - len(level)) for level in levels]
    return tuple(
        " / ".join(dict.fromkeys(filter(None, names))) for names in zip(*padded, strict=True)
    )


def _is_gap(row: Sequence[tuple[str, bool]]) -> bool:
    return bool(row) and all(text in _GAP for text, _ in row)
