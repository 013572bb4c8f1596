"""Modules beside a notebook, and what they import in turn."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

#: More files are looked through by nobody while the dialog opens.
MOST_FILES, LARGEST = 200, 300_000


@dataclass(frozen=True)
class Wanted:
    """`import name`, or `from name import parts`; `level` counts the dots before it."""

    name: str
    parts: tuple[str, ...] = ()
    level: int = 0

    @property
    def top(self) -> str:
        return self.name.partition(".")[0]


def wanted_by(node: ast.AST) -> Iterator[Wanted]:
    if isinstance(node, ast.Import):
        yield from (Wanted(alias.name) for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        parts = tuple(alias.name for alias in node.names)
        yield Wanted(node.module or "", parts, node.level)


def local_folder(name: str, folders: Sequence[Path]) -> Path | None:
    """The first of the folders that has this top-level module."""
    for folder in folders:
        if (folder / f"{name}.py").is_file() or (folder / name / "__init__.py").is_file():
            return folder
    for folder in folders:
        if (folder / name).is_dir() and next((folder / name).glob("*.py"), None):
            return folder
    return None


def files_of(wanted: Sequence[Wanted], folders: Sequence[Path]) -> dict[str, list[Path]]:
    """For each top-level module all local files that its import reads."""
    found: dict[str, list[Path]] = {}
    for item in wanted:
        start = local_folder(item.top, folders)
        if start is not None:
            files = found.setdefault(item.top, [])
            waiting = list(_files(item, start))
            while waiting and len(files) < MOST_FILES:
                path = waiting.pop()
                if path not in files:
                    files.append(path)
                    waiting += _imported(path, folders)
    return found


def _files(item: Wanted, start: Path) -> Iterator[Path]:
    place = start
    for part in item.name.split(".") if item.name else []:
        place = place / part
        yield from _module(place)
    for part in item.parts:
        yield from _module(place / part)


def _module(place: Path) -> Iterator[Path]:
    for path in (place / "__init__.py", place.with_name(f"{place.name}.py")):
        if path.is_file():
            yield path
            return


def _imported(path: Path, folders: Sequence[Path]) -> Iterator[Path]:
    """What a local module imports of other local ones."""
    for item in imports_of(path):
        if item.level:
            start = path.parents[item.level - 1] if item.level <= len(path.parents) else None
        else:
            start = local_folder(item.top, folders)
        if start is not None:
            yield from _files(item, start)


def imports_of(path: Path) -> list[Wanted]:
    """Nothing of what cannot be read or is no Python."""
    try:
        if path.stat().st_size > LARGEST:
            return []
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(path.read_bytes())
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    return [item for node in ast.walk(tree) for item in wanted_by(node)]
