"""The files that a notebook takes along."""

from __future__ import annotations

import fnmatch
import glob
import hashlib
import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path, PurePosixPath

from jupyter_deploy.domain.bundle import CapturedFile
from jupyter_deploy.errors import Conflict, DeployError, Forbidden, InvalidInput, TooLarge

MAX_FILES = 5000
MAX_BYTES = 500 * 1024 * 1024
CHUNK = 1024 * 1024
_LEFT_OUT = {"__pycache__", "node_modules"}


def find_files(patterns: Sequence[str], base: Path, root: Path) -> list[Path]:
    """The files that the patterns name, below `root`, sorted, each once.

    Patterns are relative to `base`, `**` spans folders, a folder stands for all in
    it. Wildcards match neither hidden files nor caches, and do not follow links to
    folders. `base` and `root` are resolved paths. Raises Forbidden outside `root`,
    InvalidInput for a pattern that names nothing, TooLarge; field `files`.
    """
    found: set[Path] = set()
    for pattern in patterns:
        matched = False
        for path in _matches(pattern, base, root):
            matched = True
            found.add(path)
            if len(found) > MAX_FILES:
                raise _too_many()
        if not matched:
            raise _nothing(pattern, base, root)
    paths = sorted(found)
    _check_sizes(paths)
    return paths


def _matches(pattern: str, base: Path, root: Path) -> Iterator[Path]:
    """Confined before anything is looked at: what lies outside stays unknown."""
    start, parts = _start(pattern, base)
    if not start.is_relative_to(root) or not _real(start).is_relative_to(root):
        raise _outside(pattern)
    if not parts:
        parts = ["**"] if stat.S_ISDIR(_mode(start)) else []
    for path in _expand(start, parts):
        if not _real(path).is_relative_to(root):
            raise _outside(pattern)
        yield path


def _start(pattern: str, base: Path) -> tuple[Path, list[str]]:
    """The place that a pattern begins at, and its parts from the first wildcard on."""
    parts = list(PurePosixPath(pattern).parts)
    plain = next((i for i, part in enumerate(parts) if glob.has_magic(part)), len(parts))
    if "\0" in pattern or pattern.startswith(("~", "/")) or ".." in parts[plain:]:
        raise Forbidden(
            f"{pattern!r} is not relative to the notebook's folder.",
            field="files",
            hint="Name files beside or below the notebook, for example lib/*.py.",
        )
    return Path(os.path.normpath(base.joinpath(*parts[:plain]))), parts[plain:]


def _expand(place: Path, parts: list[str]) -> Iterator[Path]:
    if not parts:
        if stat.S_ISREG(_mode(place)):  # reading a pipe would wait for ever
            yield place
        return
    head, rest = parts[0], parts[1:]
    if head != "**":
        for entry in _entries(place):
            passable = not rest or entry.is_dir(follow_symlinks=False)
            if passable and fnmatch.fnmatchcase(entry.name, head):
                yield from _expand(Path(entry.path), rest)
        return
    while rest[:1] == ["**"]:
        rest = rest[1:]
    yield from _expand(place, rest or ["*"])
    for entry in _entries(place):
        if entry.is_dir(follow_symlinks=False):
            yield from _expand(Path(entry.path), ["**", *rest])


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    """What wildcards may match in a folder; nothing if it is none."""
    try:
        with os.scandir(folder) as entries:
            return [e for e in entries if not e.name.startswith(".") and e.name not in _LEFT_OUT]
    except OSError:
        return []


def _mode(path: Path) -> int:
    """What a path leads to; 0 for nothing, loops of links and impossible names."""
    try:
        return path.stat().st_mode
    except OSError:
        return 0


def _real(path: Path) -> Path:
    return Path(os.path.realpath(path))


def capture_file(path: Path, root: Path) -> CapturedFile:
    """Name, digest and size of a file below `root`. Raises Conflict if it vanished."""
    seen, size = hashlib.sha256(), 0
    try:
        with open(path, "rb") as file:
            while chunk := file.read(CHUNK):
                seen.update(chunk)
                size += len(chunk)
    except OSError as error:
        raise unreadable(path, error, "files") from error
    return CapturedFile(name_below(path, root, "files"), f"sha256:{seen.hexdigest()}", size)


def name_below(path: Path, root: Path, field: str) -> str:
    """The path from `root` with `/`. Raises InvalidInput for names that are no text."""
    name = path.relative_to(root).as_posix()
    try:
        name.encode()
    except UnicodeEncodeError:
        raise InvalidInput(
            f"The name of {name!r} is not UTF-8.", field=field, hint="Rename the file."
        ) from None
    return name


def _check_sizes(paths: Sequence[Path]) -> None:
    total = 0
    for path in paths:
        try:
            total += path.stat().st_size
        except OSError as error:
            raise unreadable(path, error, "files") from error
    if total > MAX_BYTES:
        raise TooLarge(
            f"The files have {total // 1024**2} MB, more than {MAX_BYTES // 1024**2} MB.",
            field="files",
            hint="Read large data from where it lives instead of taking it along.",
        )


def unreadable(path: Path, error: OSError, field: str) -> DeployError:
    """What to say of a file that was found and then could not be read."""
    if isinstance(error, FileNotFoundError):
        return Conflict(
            f"{path.name} vanished while it was captured.",
            field=field,
            hint="See that it exists and deploy again.",
        )
    return InvalidInput(
        f"{path.name} cannot be read: {error.strerror or error}.",
        field=field,
        hint="Check its permissions and deploy again.",
    )


def _outside(pattern: str) -> Forbidden:
    return Forbidden(
        f"{pattern!r} leads out of the project folder.",
        field="files",
        hint="Copy the file into the project, or read it from its address in the notebook.",
    )


def _nothing(pattern: str, base: Path, root: Path) -> InvalidInput:
    hint = f"Patterns are relative to {base.name or base}/."
    with suppress(Forbidden):
        if base != root and next(_matches(pattern, root, root), None):
            above = os.path.relpath(root, base)
            hint = f"{hint} It is found in the project's root: write {above}/{pattern}."
    return InvalidInput(f"No file matches {pattern!r}.", field="files", hint=hint)


def _too_many() -> TooLarge:
    return TooLarge(
        f"There are more than the {MAX_FILES} files that a notebook can take along.",
        field="files",
        hint="Name fewer files.",
    )
