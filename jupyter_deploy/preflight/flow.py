"""The order in which code reads and defines names, as far as it can be told.

What runs at once comes as it would run; bodies of functions are run later, so what they
read of names around them comes as one event.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from jupyter_deploy.preflight.cells import catches, is_never

READ, BIND, UNBIND, LATER, CALL, UNKNOWN = "read", "bind", "unbind", "later", "call", "unknown"


@dataclass(frozen=True)
class Event:
    """`sure` is False where conditions decide; `names` are what a function reads later."""

    kind: str
    name: str = ""
    sure: bool = True
    names: frozenset[str] = frozenset()


def flow(body: Iterable[ast.AST], sure: bool = True) -> Iterator[Event]:
    """The events of statements or expressions, in their order."""
    for node in body:
        yield from _node(node, sure)


def _node(node: ast.AST, sure: bool) -> Iterator[Event]:
    special = _SPECIAL.get(type(node))
    if special is not None:
        yield from special(node, sure)
    else:
        yield from flow(ast.iter_child_nodes(node), sure)


def _name(node: ast.Name, sure: bool) -> Iterator[Event]:
    kinds = {ast.Load: READ, ast.Store: BIND, ast.Del: UNBIND}
    yield Event(kinds[type(node.ctx)], node.id, sure)


def _call(node: ast.Call, sure: bool) -> Iterator[Event]:
    yield from flow(ast.iter_child_nodes(node), sure)
    if isinstance(node.func, ast.Name):
        yield Event(CALL, node.func.id, sure)


def _assign(node: ast.Assign, sure: bool) -> Iterator[Event]:
    yield from flow([node.value, *node.targets], sure)


def _augmented(node: ast.AugAssign, sure: bool) -> Iterator[Event]:
    if isinstance(node.target, ast.Name):
        yield Event(READ, node.target.id, sure)
    yield from flow([node.value, node.target], sure)


def _annotated(node: ast.AnnAssign, sure: bool) -> Iterator[Event]:
    yield from flow([node.annotation], sure)
    if node.value is not None:
        yield from flow([node.value, node.target], sure)


def _walrus(node: ast.NamedExpr, sure: bool) -> Iterator[Event]:
    yield from flow([node.value, node.target], sure)


def _import(node: ast.Import | ast.ImportFrom, sure: bool) -> Iterator[Event]:
    for alias in node.names:
        if alias.name == "*":
            yield Event(UNKNOWN)
        else:
            yield Event(BIND, alias.asname or alias.name.partition(".")[0], sure)


def _for(node: ast.For | ast.AsyncFor, sure: bool) -> Iterator[Event]:
    yield from flow([node.iter, node.target], sure)
    yield from flow(node.body, sure)
    yield from flow(node.orelse, False)


def _if(node: ast.If | ast.While, sure: bool) -> Iterator[Event]:
    yield from flow([node.test], sure)
    if is_never(node.test):
        yield from flow(node.orelse, sure)
    else:
        yield from flow([*node.body, *node.orelse], False)


def _either(node: ast.IfExp, sure: bool) -> Iterator[Event]:
    yield from flow([node.test], sure)
    yield from flow([node.body, node.orelse], False)


def _try(node: ast.Try, sure: bool) -> Iterator[Event]:
    forgiven = catches(node, ("NameError",))
    for event in flow(node.body, sure and not forgiven):
        if not (forgiven and event.kind in (READ, CALL)):
            yield event
    for handler in node.handlers:
        yield from flow([handler.type] if handler.type else [], False)
        if handler.name:
            yield Event(BIND, handler.name, False)
        yield from flow(handler.body, False)
    yield from flow([*node.orelse, *node.finalbody], sure)


def _with(node: ast.With | ast.AsyncWith, sure: bool) -> Iterator[Event]:
    for item in node.items:
        yield from flow([item.context_expr], sure)
        yield from flow([item.optional_vars] if item.optional_vars else [], sure)
    yield from flow(node.body, sure)


def _match(node: ast.Match, sure: bool) -> Iterator[Event]:
    yield from flow([node.subject], sure)
    for case in node.cases:
        yield from flow([case.pattern, *([case.guard] if case.guard else [])], False)
        yield from flow(case.body, False)


def _pattern(node: ast.MatchAs | ast.MatchStar | ast.MatchMapping, sure: bool) -> Iterator[Event]:
    yield from flow(ast.iter_child_nodes(node), sure)
    name = node.rest if isinstance(node, ast.MatchMapping) else node.name
    if name:
        yield Event(BIND, name, sure)


def _comprehension(
    node: ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp, sure: bool
) -> Iterator[Event]:
    first = node.generators[0]
    yield from flow([first.iter], sure)
    own = {name.id for part in node.generators for name in _stored(part.target)}
    inner: list[ast.AST] = list(first.ifs)
    for part in node.generators[1:]:
        inner += [part.iter, *part.ifs]
    inner += [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
    yield from _without(flow(inner, False), own)


def _stored(target: ast.AST) -> Iterator[ast.Name]:
    for node in ast.walk(target):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node


def _lambda(node: ast.Lambda, sure: bool) -> Iterator[Event]:
    yield from flow(_defaults(node.args), sure)
    yield Event(LATER, names=_free([node.body], node.args, set()))


def _function(node: ast.FunctionDef | ast.AsyncFunctionDef, sure: bool) -> Iterator[Event]:
    annotations = [item.annotation for item in _arguments(node.args) if item.annotation]
    yield from flow([*node.decorator_list, *_defaults(node.args), *annotations], sure)
    yield from flow([node.returns] if node.returns else [], sure)
    declared = {
        name for item in ast.walk(node) if isinstance(item, ast.Global) for name in item.names
    }
    yield Event(BIND, node.name, sure)
    yield Event(LATER, node.name, names=_free(node.body, node.args, declared))
    for name in sorted(declared):
        yield Event(BIND, name, False)


def _class(node: ast.ClassDef, sure: bool) -> Iterator[Event]:
    yield from flow([*node.decorator_list, *node.bases, *node.keywords], sure)
    own = {"__module__", "__qualname__", "__class__"}
    for event in flow(node.body, sure):
        if event.kind == LATER:
            yield Event(LATER, names=event.names - {"__class__"})
        elif event.kind == BIND:
            own.add(event.name)
        elif event.name not in own:
            yield event
    yield Event(BIND, node.name, sure)


def _free(body: Sequence[ast.AST], arguments: ast.arguments, declared: set[str]) -> frozenset[str]:
    """What a function reads of the names around it."""
    events = list(flow(body, False))
    own = {item.arg for item in _arguments(arguments)}
    own |= {event.name for event in events if event.kind == BIND} | {"__class__"}
    read = {event.name for event in events if event.kind == READ}
    read |= {name for event in events for name in event.names}
    return frozenset(read - (own - declared))


def _without(events: Iterable[Event], own: set[str]) -> Iterator[Event]:
    for event in events:
        if event.kind == LATER:
            yield Event(LATER, event.name, event.sure, event.names - own)
        elif event.name not in own:
            yield event


def _arguments(given: ast.arguments) -> list[ast.arg]:
    several = [*given.posonlyargs, *given.args, *given.kwonlyargs]
    return several + [item for item in (given.vararg, given.kwarg) if item]


def _defaults(given: ast.arguments) -> list[ast.expr]:
    return [*given.defaults, *(item for item in given.kw_defaults if item)]


_SPECIAL: dict[type[ast.AST], Callable[[Any, bool], Iterator[Event]]] = {
    ast.Name: _name,
    ast.Call: _call,
    ast.Assign: _assign,
    ast.AugAssign: _augmented,
    ast.AnnAssign: _annotated,
    ast.NamedExpr: _walrus,
    ast.Import: _import,
    ast.ImportFrom: _import,
    ast.For: _for,
    ast.AsyncFor: _for,
    ast.If: _if,
    ast.While: _if,
    ast.IfExp: _either,
    ast.Try: _try,
    ast.With: _with,
    ast.AsyncWith: _with,
    ast.Match: _match,
    ast.MatchAs: _pattern,
    ast.MatchStar: _pattern,
    ast.MatchMapping: _pattern,
    ast.ListComp: _comprehension,
    ast.SetComp: _comprehension,
    ast.DictComp: _comprehension,
    ast.GeneratorExp: _comprehension,
    ast.Lambda: _lambda,
    ast.FunctionDef: _function,
    ast.AsyncFunctionDef: _function,
    ast.ClassDef: _class,
}
if hasattr(ast, "TryStar"):
    _SPECIAL[ast.TryStar] = _try
