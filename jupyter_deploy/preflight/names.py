"""Names that the notebook itself never defines, or only later: `hidden_name`, `out_of_order`.

Where a name may come from somewhere that cannot be seen, certainty ends and so do findings.
"""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterator, Sequence

from jupyter_deploy.domain.bundle import Finding
from jupyter_deploy.preflight.cells import MAY_FAIL, Cell
from jupyter_deploy.preflight.flow import BIND, CALL, LATER, READ, UNBIND, UNKNOWN, Event, flow
from jupyter_deploy.preflight.magics import is_certain, magics
from jupyter_deploy.preflight.place import listed

_GIVEN = frozenset(dir(builtins)) | {
    "__name__", "__doc__", "__package__", "__loader__", "__spec__", "__builtin__", "__builtins__",
    "In", "Out", "get_ipython", "display", "exit", "quit", "open",
    "_", "__", "___", "_i", "_ii", "_iii", "_ih", "_oh", "_dh", "_exit_code", "__session__",
}  # fmt: skip
_OF_IPYTHON = re.compile(r"_i?\d+")
#: With these a notebook may define names that stand nowhere.
_OBSCURE = {"exec", "globals", "locals", "vars"}


def check_names(cells: Sequence[Cell]) -> Iterator[Finding]:
    reader = _Reader(cells)
    for cell, events in reader.events:
        if not reader.read(cell, events):
            break
    else:
        reader.read_later()
    yield from reader.findings()


class _Reader:
    """Goes through the cells as a run does."""

    def __init__(self, cells: Sequence[Cell]) -> None:
        self.events = [(cell, list(flow(cell.tree.body))) for cell in cells]
        #: name → the last cell that binds it
        self._last = {
            event.name: cell.index
            for cell, events in self.events
            for event in events
            if event.kind == BIND
        }
        self._defined: set[str] = set(_postponed(cells))
        self._deleted: set[str] = set()
        self._later: dict[str, frozenset[str]] = {}
        self._bodies: list[tuple[Cell, frozenset[str]]] = []
        self._found: dict[tuple[str, int], list[str]] = {}

    def read(self, cell: Cell, events: Sequence[Event]) -> bool:
        """False when names may come from elsewhere from here on."""
        if not cell.known or not all(map(is_certain, magics(cell.nodes))):
            return False
        for number, event in enumerate(events):
            if event.kind == UNKNOWN or (event.kind == READ and event.name in _OBSCURE):
                return False
            self._take(cell, event, events[number:])
        return True

    def _take(self, cell: Cell, event: Event, rest: Sequence[Event]) -> None:
        if event.kind == BIND:
            self._defined.add(event.name)
            self._later.pop(event.name, None)
        elif event.kind == UNBIND and event.sure:
            self._defined.discard(event.name)
            self._deleted.add(event.name)
        elif event.kind == READ:
            soon = any(item.kind == BIND and item.name == event.name for item in rest)
            if event.sure or not soon:
                self._look(cell, event.name)
        elif event.kind == LATER:
            if event.name not in cell.unused:
                self._bodies.append((cell, event.names))
            if event.name:
                self._later[event.name] = event.names
        elif event.kind == CALL and event.sure:
            self._call(cell, event.name)

    def _call(self, cell: Cell, name: str) -> None:
        """A function that is called before a later cell defines what it reads."""
        waiting, seen = [name], {name}
        while waiting:
            for read in self._later.get(waiting.pop(), ()):
                if self._last.get(read, -1) > cell.index:
                    self._look(cell, read)
                if read not in seen:
                    seen.add(read)
                    waiting.append(read)

    def _look(self, cell: Cell, name: str) -> None:
        if name in self._defined or name in _GIVEN or _OF_IPYTHON.fullmatch(name):
            return
        self._defined.add(name)  # one finding a name: the first
        if MAY_FAIL not in cell.tags:
            later = self._last.get(name, -1) > cell.index
            cause = "out_of_order" if later else "hidden_name"
            self._found.setdefault((cause, cell.index), []).append(name)

    def read_later(self) -> None:
        """What functions read and no cell defines."""
        for cell, names in self._bodies:
            for name in sorted(names):
                if name not in self._last:
                    self._look(cell, name)

    def findings(self) -> Iterator[Finding]:
        for (cause, index), names in self._found.items():
            if cause == "out_of_order":
                places = sorted({self._last[name] for name in names})
                yield defined_later(index, names, places)
            else:
                yield undefined(index, names, deleted=set(names) <= self._deleted)


def defined_later(cell: int, names: list[str], places: Sequence[int]) -> Finding:
    where = listed([str(place + 1) for place in places])
    return Finding(
        "out_of_order",
        cell,
        f"{listed(names)} {_are(names)} used here, but defined only further down, in cell {where}.",
        "Move the definition above this cell.",
    )


def undefined(cell: int, names: list[str], *, deleted: bool = False) -> Finding:
    why = "deleted before" if deleted else "defined by no cell up to here"
    return Finding(
        "hidden_name",
        cell,
        f"{listed(names)} {_are(names)} {why}: {_they(names)} only existed in your session.",
        "Add the cell that defines it, then restart the kernel and run all cells.",
    )


def _are(names: Sequence[str]) -> str:
    return "is" if len(names) == 1 else "are"


def _they(names: Sequence[str]) -> str:
    return "it" if len(names) == 1 else "they"


def _postponed(cells: Sequence[Cell]) -> Iterator[str]:
    """Names in annotations that are never evaluated."""
    if not any("import annotations" in cell.source for cell in cells):
        return
    for cell in cells:
        for node in ast.walk(cell.tree):
            parts = [getattr(node, "annotation", None), getattr(node, "returns", None)]
            for part in parts:
                if part is not None:
                    names = ast.walk(part)
                    yield from (item.id for item in names if isinstance(item, ast.Name))
