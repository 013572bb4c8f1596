"""This machine, as the operating system describes it."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import psutil


@dataclass(frozen=True)
class LocalMachine:
    """`folder` is where runs are kept."""

    folder: Path

    def free_disk(self) -> int:
        return shutil.disk_usage(self.folder).free

    def free_memory(self) -> int:
        return int(psutil.virtual_memory().available)
