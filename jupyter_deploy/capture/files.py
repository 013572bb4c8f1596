"""The files that a notebook takes along."""

from __future__ import annotations

import glob
import hashlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from jupyter_deploy.domain.bundle import CapturedFile
from jupyter_deploy.errors import Conflict, Forbidden, InvalidInput, TooLarge

MAX_FILES = 5000
MAX_BYTES = 500 * 1024 * 1024
CHUNK = 1024 * 1024
_LEFT_OUT = {"__pycache__", "node_modules"}


def find_files(patterns: Sequence[str], base: Path, root: Path) -> list[Path]:
    """Resolved paths of the files that the patterns name, sorted, each once.

    Patterns are relative to `base`, `**` spans folders, a folder stands for all
    in it. Raises Forbidden outside `root`, InvalidInput for a pattern that names
    nothing, TooLarge; field `files`.
    """
    found: set[Path] = set()
    for pattern in patterns:
        matches = [_confined(path, pattern, root) for path in _matches(pattern, base)]
        if not matches:
            raise InvalidInput(
                f"No file matches {pattern!r}.",
                field="files",
                hint=f"Patterns are relative to {base.name or base}/.",
            )
        found.update(matches)
    if len(found) > MAX_FILES:
        raise TooLarge(
            f"{len(found)} files are more than the {MAX_FILES} a notebook can take along.",
            field="files",
            hint="Name fewer files.",
        )
    return sorted(found)


def _matches(pattern: str, base: Path) -> Iterator[Path]:
    if "\0" in pattern or os.path.isabs(pattern) or pattern.startswith("~"):
        raise Forbidden(
            f"{pattern!r} is not relative to the notebook's folder.",
            field="files",
            hint="Name files beside or below the notebook, for example lib/*.py.",
        )
    for text in glob.iglob(
        os.path.join(glob.escape(str(base)), pattern), recursive=True
    ):
        path = Path(text)
        if path.is_dir():
            if not glob.has_magic(pattern):
                yield from _all_below(path)
        elif not _LEFT_OUT.intersection(path.parts):
            yield path


def _all_below(folder: Path) -> Iterator[Path]:
    for place, folders, names in os.walk(folder):
        folders[:] = [
            n for n in folders if n not in _LEFT_OUT and not n.startswith(".")
        ]
        yield from (Path(place, name) for name in names if not name.startswith("."))


def _confined(path: Path, pattern: str, root: Path) -> Path:
    real = path.resolve()
    if not real.is_relative_to(root):
        raise Forbidden(
            f"{pattern!r} leads out of the project folder.",
            field="files",
            hint="Copy the file into the project, or read it from its address in the notebook.",
        )
    return real


def capture_file(path: Path, root: Path) -> CapturedFile:
    """Name, digest and size of a file below `root`. Raises Conflict if it vanished."""
    seen, size = hashlib.sha256(), 0
    try:
        with open(path, "rb") as file:
            while chunk := file.read(CHUNK):
                seen.update(chunk)
                size += len(chunk)
    except OSError as error:
        raise vanished(path, error) from error
    return CapturedFile(
        path.relative_to(root).as_posix(), f"sha256:{seen.hexdigest()}", size
    )


def check_total(files: Sequence[CapturedFile]) -> None:
    """Raises TooLarge."""
    total = sum(item.size for item in files)
    if total > MAX_BYTES:
        raise TooLarge(
            f"The files have {total // 1024**2} MB, more than {MAX_BYTES // 1024**2} MB.",
            field="files",
            hint="Read large data from where it lives instead of taking it along.",
        )


def vanished(path: Path, error: OSError) -> Conflict:
    return Conflict(
        f"{path.name} cannot be read: {error.strerror or error}.",
        field="files",
        hint="It was there a moment ago; see that it exists and deploy again.",
    )
