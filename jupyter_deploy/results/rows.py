"""Tables row by row: which row is which, and what changed in it."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

from jupyter_deploy.results.align import blocks
from jupyter_deploy.results.changes import Change, Place, Report
from jupyter_deploy.results.numbers import delta, parse
from jupyter_deploy.results.tables import Row, Table

#: Rows and cells that a change names; all are counted.
MOST = 100

Pairs = list[tuple[int, int]]


@dataclass(frozen=True)
class Match:
    """Rows that are the same one in both tables, by their places; `key` says by what."""

    pairs: Pairs
    key: list[str]


def compare_tables(report: Report, place: Place, name: str, old: Table, new: Table) -> None:
    if old == new:
        return
    match = _match(old, new)
    columns = [column for column in old.columns if column in new.columns]
    cells, count = _changed_cells(report, place, columns, match, old, new)
    gone = _rest(old, {i for i, _ in match.pairs})
    added = _rest(new, {j for _, j in match.pairs})
    change = place.change(
        "changed",
        name=name,
        old=old.size,
        new=new.size,
        key=match.key,
        columns_old=list(old.columns),
        columns_new=list(new.columns),
        columns_added=[column for column in new.columns if column not in old.columns],
        columns_removed=[column for column in old.columns if column not in new.columns],
        rows_added=added[:MOST],
        rows_removed=gone[:MOST],
        cells=cells,
        counts={"added": len(added), "removed": len(gone), "changed": count},
        whole=old.whole and new.whole,
    )
    if count or gone or added or change["columns_added"] or change["columns_removed"]:
        report.tables.append(change)


def one_table(report: Report, place: Place, name: str, table: Table, *, added: bool) -> None:
    """A table that only one of the runs has."""
    old, new = (None, table.size) if added else (table.size, None)
    kind = "added" if added else "removed"
    report.tables.append(place.change(kind, name=name, old=old, new=new))


def _match(old: Table, new: Table) -> Match:
    if _is_key(old.labels) and _is_key(new.labels) and not _counted(old, new):
        return Match(_by_key(old.labels, new.labels), ["index"])
    for column in old.columns:
        if column not in new.columns:
            continue
        a, b = _column(old, column), _column(new, column)
        if _is_key(a) and _is_key(b) and len(set(a) & set(b)) * 2 >= min(len(a), len(b)):
            return Match(_by_key(a, b), [column])
    return Match(_by_place(old.rows, new.rows), [])


def _is_key(values: Sequence[Hashable]) -> bool:
    """Whether each row has a value of its own that names something rather than measures it."""
    if not values or len(set(values)) != len(values):
        return False
    return all(value and not (isinstance(value, str) and "." in value) for value in values)


def _counted(old: Table, new: Table) -> bool:
    """Whether the labels only say how many rows there are."""
    return all(
        table.labels == tuple((str(number),) for number in range(len(table.labels)))
        for table in (old, new)
    )


def _column(table: Table, name: str) -> list[str]:
    place = table.columns.index(name)
    return [_at(row, place) for row in table.rows]


def _at(row: Row, place: int) -> str:
    return row[place] if place < len(row) else ""


def _by_key(old: Sequence[Hashable], new: Sequence[Hashable]) -> Pairs:
    places = {value: place for place, value in enumerate(new)}
    return [(i, places[value]) for i, value in enumerate(old) if value in places]


def _by_place(old: Sequence[Row], new: Sequence[Row]) -> Pairs:
    """Equal rows are each other's, and those between them in their order."""
    pairs: Pairs = []
    for _equal, i, j, k, m in blocks(old, new):
        pairs += zip(range(i, j), range(k, m), strict=False)
    return pairs


def _changed_cells(
    report: Report, place: Place, columns: list[str], match: Match, old: Table, new: Table
) -> tuple[list[Change], int]:
    """The first that changed, and how many did."""
    places = [(name, old.columns.index(name), new.columns.index(name)) for name in columns]
    if old.columns == new.columns:  # also none, or the same name twice
        width = max((len(row) for row in (*old.rows, *new.rows)), default=0)
        names = [*columns, *(str(number) for number in range(len(columns), width))]
        places = [(name, number, number) for number, name in enumerate(names)]
    found: list[Change] = []
    count = 0
    for i, j in match.pairs:
        if old.rows[i] == new.rows[j] and old.columns == new.columns:
            continue
        for name, at_old, at_new in places:
            a, b = _at(old.rows[i], at_old), _at(new.rows[j], at_new)
            if a == b or _means_nothing(report, place, name, a, b):
                continue
            count += 1
            if len(found) < MOST:
                found.append({"row": _label(match, old, i), "column": name, **_difference(a, b)})
    return found, count


def _means_nothing(report: Report, place: Place, column: str, old: str, new: str) -> bool:
    a, b = parse(old), parse(new)
    if a is None or b is None or not report.tolerances.equal(a, b, column):
        return False
    report.hide(place, "rounding", old, new)
    return True


def _difference(old: str, new: str) -> dict[str, Any]:
    a, b = parse(old), parse(new)
    if a is None or b is None:
        return {"old": old, "new": new, "change": None, "relative": None}
    return dict(delta(a, b))


def _label(match: Match, table: Table, place: int) -> str:
    """How people find the row: by its key, else by its label or number."""
    if match.key and match.key != ["index"]:
        return _column_value(table, match.key[0], place)
    label = " / ".join(table.labels[place])
    return label or str(place + 1)


def _column_value(table: Table, name: str, place: int) -> str:
    return _at(table.rows[place], table.columns.index(name))


def _rest(table: Table, taken: set[int]) -> list[list[str]]:
    """Rows that the other table does not have, with their labels."""
    return [
        [*table.labels[place], *row] for place, row in enumerate(table.rows) if place not in taken
    ]
