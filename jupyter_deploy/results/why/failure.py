"""A failure with all that can be looked up about it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any

from jupyter_deploy.results.align import align
from jupyter_deploy.results.cells import Cell, read_results
from jupyter_deploy.results.profiles import Profile, Profiler
from jupyter_deploy.results.why.names import Names, names_of
from jupyter_deploy.results.why.sides import Input, Side
from jupyter_deploy.results.why.tracebacks import Frame, Trace, read_traceback

#: The folder of an attempt that holds the captured files.
LAID_OUT = "work"


@dataclass(frozen=True)
class Error:
    """What a cell ended with; `count` is its execution count."""

    name: str
    value: str
    trace: Trace
    count: int | None
    injected: bool = False


@dataclass(frozen=True)
class Failure:
    """`old` and `new` are the cells as they were deployed, `error` None without one."""

    run: Side
    good: Side | None
    error: Error | None
    new: tuple[Cell, ...]
    old: tuple[Cell, ...]
    profiler: Profiler = field(default_factory=Profiler)

    @property
    def name(self) -> str:
        return self.error.name if self.error else ""

    @property
    def value(self) -> str:
        return self.error.value if self.error else ""

    @property
    def trace(self) -> Trace:
        return self.error.trace if self.error else Trace()

    @cached_property
    def cell(self) -> Cell | None:
        return next((c for c in self.new if c.index == self.run.cell is not None), None)

    @cached_property
    def names(self) -> Names:
        return names_of(self.cell.source if self.cell else "")

    @cached_property
    def cell_names(self) -> dict[int, Names]:
        """Of every cell, by its place in the notebook."""
        return {c.index: names_of(c.source) for c in self.new if c.index is not None}

    @cached_property
    def line(self) -> Frame | None:
        """The deepest place in the failing cell or in a captured file."""
        own = [frame for frame in self.trace.frames if self._is_own(frame)]
        return own[-1] if own else None

    @cached_property
    def cell_line(self) -> str:
        """The line of the failing cell under way, empty when it is not known."""
        own = [frame for frame in self.trace.frames if self._in_cell(frame)]
        lines = self.cell.source.splitlines() if self.cell else []
        number = own[-1].line if own else 0
        return lines[number - 1].strip() if 0 < number <= len(lines) else ""

    def _is_own(self, frame: Frame) -> bool:
        return self._in_cell(frame) or self.captured(frame.file) is not None

    def _in_cell(self, frame: Frame) -> bool:
        count = self.error.count if self.error else None
        return frame.file is None and frame.count in (count, 0)

    def captured(self, file: str | None) -> Input | None:
        """The captured file that this path of a traceback is; of several the longest."""
        path = (file or "").replace("\\", "/")
        found = [item for item in self.run.files if path.endswith(f"/{LAID_OUT}/{item.path}")]
        return max(found, key=lambda item: len(item.path), default=None)

    @cached_property
    def needed(self) -> dict[int, str]:
        """Cells above on which the failing one rests, by place, and a name that links them."""
        wanted = set(self.names.used)
        found: dict[int, str] = {}
        for place in sorted(self.cell_names, reverse=True):
            if self.run.cell is None or place >= self.run.cell:
                continue
            names = self.cell_names[place]
            linked = sorted(wanted & names.defined)
            if linked:
                found[place] = next((n for n in linked if n in self.names.used), linked[0])
                wanted |= names.used
        return found

    @cached_property
    def modules(self) -> dict[str, str]:
        """Names of the notebook that stand for modules."""
        found: dict[str, str] = {}
        for names in self.cell_names.values():
            found.update(names.modules)
        return found

    @cached_property
    def pairs(self) -> list[tuple[Cell | None, Cell | None]]:
        """Cells of the last good run beside those of this one."""
        return align(self.old, self.new)

    def tables(self) -> Iterator[tuple[Input, Profile]]:
        """Captured files that are tables; those that the notebook names come first."""
        for item in sorted(self.run.files, key=lambda item: not self.is_mentioned(item.path)):
            profile = profile_of(self.profiler, item)
            if profile is not None:
                yield item, profile

    def is_mentioned(self, path: str) -> bool:
        """Whether the notebook's code has the file's name in a string."""
        name = PurePosixPath(path).name
        return any(name in text for names in self.cell_names.values() for text in names.texts)


def profile_of(profiler: Profiler, item: Input | None) -> Profile | None:
    if item is None or item.blob is None:
        return None
    return profiler.profile(Path(item.blob), item.path)


def read_failure(run: Side, good: Side | None) -> Failure:
    """Raises ValueError for an executed notebook that cannot be read."""
    return Failure(
        run=run,
        good=good,
        error=_error(Path(run.executed), run.cell) if run.executed else None,
        new=_cells(run.source),
        old=_cells(good.source) if good else (),
    )


def _cells(path: str | None) -> tuple[Cell, ...]:
    return read_results(Path(path).read_bytes()).cells if path else ()


def _error(path: Path, cell: int | None) -> Error | None:
    """The last error that the failing cell showed."""
    document = json.loads(path.read_bytes())
    place = 0
    for item in document["cells"]:
        injected = "injected-parameters" in item.get("metadata", {}).get("tags", ())
        if (cell is None and injected) or (cell == place and not injected):
            return _last_error(item, injected)
        place += not injected
    return None


def _last_error(cell: Mapping[str, Any], injected: bool) -> Error | None:
    outputs: Sequence[Mapping[str, Any]] = cell.get("outputs", ())
    shown = [output for output in outputs if output["output_type"] == "error"]
    if not shown:
        return None
    last = shown[-1]
    lines = [str(line) for line in last.get("traceback") or ()]
    return Error(
        name=str(last.get("ename", "")),
        value=str(last.get("evalue", "")),
        trace=read_traceback(lines),
        count=cell.get("execution_count"),
        injected=injected,
    )
