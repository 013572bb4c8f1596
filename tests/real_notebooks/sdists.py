"""Notebooks out of the source distributions of other projects."""

from __future__ import annotations

import subprocess
import sys
import tarfile
from pathlib import Path

CACHE = Path(__file__).parents[2] / ".cache" / "sdists"
SDISTS = ("nbclient-0.11.0", "nbconvert-7.17.2", "nbformat-5.11.1", "papermill-2.7.0")


def unpack(folder: Path) -> Path:
    """Put their notebooks into the folder, as they lie in there; the folder."""
    missing = [sdist for sdist in SDISTS if not (CACHE / f"{sdist}.tar.gz").exists()]
    if missing:
        _download(missing)
    for sdist in SDISTS:
        with tarfile.open(CACHE / f"{sdist}.tar.gz") as archive:
            members = [member for member in archive if member.name.endswith(".ipynb")]
            archive.extractall(folder, members=members, filter="data")
    return folder


def _download(sdists: list[str]) -> None:
    CACHE.mkdir(parents=True, exist_ok=True)
    names = [sdist.rpartition("-") for sdist in sdists]
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", CACHE]
    command += ["--no-binary", ",".join(name for name, _, _ in names)]
    command += [f"{name}=={version}" for name, _, version in names]
    subprocess.run(command, check=True, timeout=300)
