"""This machine, as the operating system describes it."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import psutil

from jupyter_deploy.durable import write_whole


@dataclass(frozen=True)
class LocalMachine:
    """`folders` are where runs and what is known about them are kept."""

    folders: tuple[Path, ...]

    def free_disk(self) -> int:
        return min(shutil.disk_usage(folder).free for folder in self._there())

    def write(self) -> None:
        for folder in self._there():
            write_whole(folder / "written", b"x" * 4096)
            (folder / "written").unlink()

    def _there(self) -> list[Path]:
        return [folder for folder in self.folders if folder.exists()]

    def free_memory(self) -> int:
        return int(psutil.virtual_memory().available)
