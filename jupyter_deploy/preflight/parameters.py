"""Parameters that do not do what they seem to.

`parameter_without_effect`, `derived_value_stale`, `declared_type`, `no_parameters_cell`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence, Set

from jupyter_deploy.domain.bundle import Finding, Parameter
from jupyter_deploy.notebook.parameters import TAG
from jupyter_deploy.preflight.cells import Cell
from jupyter_deploy.preflight.flow import BIND, LATER, READ, UNKNOWN, Event, flow
from jupyter_deploy.preflight.magics import is_certain, magics
from jupyter_deploy.preflight.place import listed

_FITS: dict[str, tuple[type, ...]] = {
    "bool": (bool,),
    "int": (int,),
    "float": (int, float),
    "str": (str,),
    "list": (list,),
    "dict": (dict,),
}
#: `globals()["n"]`, `exec("n")`: reads that stand nowhere.
OBSCURE = {"exec", "eval", "globals", "locals", "vars"}


def check_parameters(cells: Sequence[Cell], parameters: Sequence[Parameter]) -> Iterator[Finding]:
    place = next((number for number, cell in enumerate(cells) if TAG in cell.tags), None)
    if place is None or not parameters:
        return
    cell, after = cells[place], cells[place + 1 :]
    yield from _types(cell, parameters)
    derived, stale = _derived(cell), stale_names(cell, after)
    if stale:
        yield _stale(cell, stale, derived)
    if any(item.source.strip() for item in after):
        used = {name for sources in derived.values() for name in sources}
        names = [item.name for item in parameters if item.name not in {*derived, *used}]
        yield from _without_effect(cell, names, after)


def check_given(cells: Sequence[Cell], given: Set[str]) -> Iterator[Finding]:
    """What is given to a notebook without a cell for it."""
    if not given or any(TAG in cell.tags for cell in cells):
        return
    setting = [cell.index for cell in cells if given & set(_bound(cell))]
    yield Finding(
        "no_parameters_cell",
        setting[0] if setting else None,
        f"The notebook has no cell for parameters, and {listed(sorted(given))} "
        f"{'is' if len(given) == 1 else 'are'} to be given.",
        'Give the cell that sets it the tag "parameters".'
        if setting
        else 'Set it in a cell with the tag "parameters".',
    )


def _bound(cell: Cell) -> Iterator[str]:
    return (event.name for event in flow(cell.tree.body) if event.kind == BIND)


def stale_names(cell: Cell, after: Sequence[Cell]) -> list[str]:
    """What the parameters cell computes of others of its names and the cells after it read."""
    return [name for name in _derived(cell) if _fate(name, after)[0] == "read"]


def _types(cell: Cell, parameters: Sequence[Parameter]) -> Iterator[Finding]:
    wrong = [item for item in parameters if not _fits(item)]
    if wrong:
        said = listed([f"{item.name} is declared {item.type}" for item in wrong])
        held = listed([type(item.default).__name__ for item in wrong])
        yield Finding(
            "declared_type",
            cell.index,
            f"{said}, but its default is of type {held}.",
            "Change the default or the declared type: given values are checked against it.",
        )


def _fits(item: Parameter) -> bool:
    if item.default is None or item.type not in _FITS:
        return True
    if isinstance(item.default, bool) and item.type != "bool":
        return False
    return isinstance(item.default, _FITS[item.type])


def _derived(cell: Cell) -> dict[str, list[str]]:
    """Names that the cell computes from others of its names, and from which."""
    bound: set[str] = set()
    found: dict[str, list[str]] = {}
    for node in cell.tree.body:
        if isinstance(node, ast.Assign) or (isinstance(node, ast.AnnAssign) and node.value):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names = {item.id for target in targets for item in _names(target)}
            sources = [item.id for item in _names(node.value) if item.id in bound - names]
            for name in names if sources else ():
                found[name] = list(dict.fromkeys(sources))
            bound |= names
    return found


def _names(node: ast.AST | None) -> Iterator[ast.Name]:
    if node is not None:
        yield from (item for item in ast.walk(node) if isinstance(item, ast.Name))


def _stale(cell: Cell, stale: list[str], derived: dict[str, list[str]]) -> Finding:
    sources = list(dict.fromkeys(name for item in stale for name in derived[item]))
    return Finding(
        "derived_value_stale",
        cell.index,
        f"{listed(stale)} is computed from {listed(sources)} in the parameters cell, before given "
        "values are set: it keeps the value of the default.",
        f"Compute {listed(stale)} in the next cell.",
    )


def _without_effect(cell: Cell, names: list[str], after: Sequence[Cell]) -> Iterator[Finding]:
    fates = {name: _fate(name, after) for name in names}
    unread = [name for name, (fate, _) in fates.items() if fate == "unread"]
    if unread:
        yield Finding(
            "parameter_without_effect",
            cell.index,
            f"{listed(unread)} is never used after the parameters cell: "
            "whatever is given changes nothing.",
            "Use it, or remove it from the parameters.",
        )
    for index in sorted({place for fate, place in fates.values() if fate == "overwritten"}):
        lost = [name for name, found in fates.items() if found == ("overwritten", index)]
        yield Finding(
            "parameter_without_effect",
            index,
            f"{listed(lost)} gets another value here before it is used: what is given is lost.",
            "Remove the assignment, or give the value another name.",
        )


def _fate(name: str, after: Sequence[Cell]) -> tuple[str, int]:
    """`read`, `unread`, or `overwritten` with the cell."""
    spoken = re.compile(rf"[@{{:$]\(?{re.escape(name)}\b")
    for cell in after:
        if not cell.known or not all(map(is_certain, magics(cell.nodes))):
            return "read", cell.index
        if any(spoken.search(text) for text in _texts(cell)):
            return "read", cell.index
        for event in flow(cell.tree.body):
            if _reads(event, name):
                return "read", cell.index
            if event.kind == BIND and event.name == name and event.sure:
                return "overwritten", cell.index
    return "unread", -1


def _texts(cell: Cell) -> Iterator[str]:
    """Queries, templates and commands: a name in them is read by something else than Python."""
    for node in cell.nodes:
        held = node.value if isinstance(node, ast.Constant) else None
        above = (parent for parent, _ in cell.above(node))
        if isinstance(held, str) and not any(isinstance(item, ast.JoinedStr) for item in above):
            yield held
    if not cell.tree.body:
        yield cell.source


def _reads(event: Event, name: str) -> bool:
    if event.kind == LATER:
        return name in event.names or bool(event.names & OBSCURE)
    if event.kind == READ:
        return event.name == name or event.name in OBSCURE
    return event.kind == UNKNOWN
