"""The folder that a notebook runs in, and what it leaves there."""

from __future__ import annotations

import hashlib
import mimetypes
import os
import shutil
from pathlib import Path
from typing import Any

from jupyter_deploy.runner.task import Task, TaskFile

#: Files that one run may list as its outputs.
MAX_OUTPUTS = 200
CHUNK = 1024 * 1024
_LEFT_OUT = {"__pycache__", ".ipynb_checkpoints"}

Stamp = tuple[int, int]


class Workspace:
    """`root` is the captured project, `cwd` the notebook's own folder in it."""

    def __init__(self, root: Path, task: Task) -> None:
        self.root = root
        self.cwd = (root / task.notebook.path).parent
        self.cwd.mkdir(parents=True, exist_ok=True)
        for item in task.files:
            self._lay_out(item)
        self._before = self._stamps()

    def _lay_out(self, item: TaskFile) -> None:
        place = self.root / item.path
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(item.blob, place)

    def outputs(self) -> list[dict[str, Any]]:
        """Files that were made or changed since the layout, by name."""
        now = self._stamps()
        changed = sorted(name for name, stamp in now.items() if self._before.get(name) != stamp)
        return [describe(self.root / name, name) for name in changed[:MAX_OUTPUTS]]

    def _stamps(self) -> dict[str, Stamp]:
        found = {}
        for place, folders, names in os.walk(self.root):
            folders[:] = [folder for folder in folders if folder not in _LEFT_OUT]
            for name in names:
                path = Path(place, name)
                if path.is_file() and not path.is_symlink():
                    status = path.stat()
                    stamp = (status.st_mtime_ns, status.st_size)
                    found[path.relative_to(self.root).as_posix()] = stamp
        return found


def describe(path: Path, name: str) -> dict[str, Any]:
    """Name, media type, size in bytes and digest of an output."""
    seen = hashlib.sha256()
    with open(path, "rb") as file:
        while chunk := file.read(CHUNK):
            seen.update(chunk)
    media_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
    if name.endswith(".ipynb"):
        media_type = "application/x-ipynb+json"
    return {
        "name": name,
        "media_type": media_type,
        "size": path.stat().st_size,
        "digest": f"sha256:{seen.hexdigest()}",
    }
