"""The folder that a notebook runs in, and what it leaves there."""

from __future__ import annotations

import hashlib
import logging
import mimetypes
import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import Any

from jupyter_deploy.runner.task import Task, TaskFile

log = logging.getLogger(__name__)

#: Files that one run may list as its outputs.
MAX_OUTPUTS = 200
CHUNK = 1024 * 1024
#: The run's own documents; a file of the notebook with such a name cannot be listed.
OUTPUT = "output.ipynb"
RESERVED = (OUTPUT, "output.html")
_LEFT_OUT = ("__pycache__", "node_modules")

Stamp = tuple[int, int]


class Workspace:
    """`root` is the captured project, `cwd` the notebook's own folder in it."""

    def __init__(self, root: Path, task: Task) -> None:
        self.root = root
        self.cwd = self._inside(task.notebook.path).parent
        self.cwd.mkdir(parents=True, exist_ok=True)
        for item in task.files:
            self._lay_out(item)
        self._dropped: dict[str, str] = {}
        self._before = self._stamps(hidden_too=True)

    def _inside(self, path: str) -> Path:
        """Raises ValueError for a path that would leave the folder."""
        pure = PurePosixPath(path)
        if pure.is_absolute() or ".." in pure.parts or not pure.parts:
            raise ValueError(f"The path {path!r} is not inside the project")
        return self.root / pure

    def _lay_out(self, item: TaskFile) -> None:
        place = self._inside(item.path)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(item.blob, place)

    def drop(self, holds: Callable[[Path], str | None]) -> list[tuple[str, str]]:
        """Delete files that were made or changed and hold what they must not.

        Each name and what it held; also of hidden ones, which are no outputs.
        """
        for name in self._changed(self._stamps(hidden_too=True)):
            path = self.root / name
            with suppress(OSError):  # what cannot be read cannot be an output either
                if found := holds(path):
                    self._dropped[name] = found
                    path.unlink()
        return list(self._dropped.items())

    def _changed(self, now: dict[str, Stamp]) -> list[str]:
        return sorted(
            name
            for name, stamp in now.items()
            if self._before.get(name) != stamp and name not in self._dropped
        )

    def outputs(self) -> tuple[list[dict[str, Any]], list[str]]:
        """Files that were made or changed since the layout, and names that cannot be listed."""
        changed = self._changed(self._stamps())
        listed = [name for name in changed if _can_be_listed(name)][: MAX_OUTPUTS - 1]
        described = [self._describe(name) for name in listed]
        kept = [item for item in described if item is not None]
        names = {item["name"] for item in kept}
        return kept, [name for name in changed if name not in names]

    def _describe(self, name: str) -> dict[str, Any] | None:
        try:
            return describe(self.root / name, name)
        except OSError as error:
            log.warning("%s cannot be an output: %s", name, error)
            return None

    def _stamps(self, *, hidden_too: bool = False) -> dict[str, Stamp]:
        found = {}
        for place, folders, names in os.walk(self.root):
            if not hidden_too:
                folders[:] = [item for item in folders if item not in _LEFT_OUT and item[0] != "."]
            for name in names:
                path = Path(place, name)
                if path.is_file() and not path.is_symlink():
                    status = path.stat()
                    stamp = (status.st_mtime_ns, status.st_size)
                    found[path.relative_to(self.root).as_posix()] = stamp
        return found


def _can_be_listed(name: str) -> bool:
    """Names that are not UTF-8 cannot be told to anybody."""
    return name not in RESERVED and name.encode(errors="ignore").decode() == name


def describe(path: Path, name: str) -> dict[str, Any]:
    """Name, media type, size in bytes and digest of an output."""
    seen, size = hashlib.sha256(), 0
    with open(path, "rb") as file:
        while chunk := file.read(CHUNK):
            seen.update(chunk)
            size += len(chunk)
    media_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
    if name.endswith(".ipynb"):
        media_type = "application/x-ipynb+json"
    return {
        "name": name,
        "media_type": media_type,
        "size": size,
        "digest": f"sha256:{seen.hexdigest()}",
    }
