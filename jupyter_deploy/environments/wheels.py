"""Wheels of packages that no index has: built from a folder, and kept while that is the same."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import unquote, urlsplit

from jupyter_deploy.domain.environment import Package
from jupyter_deploy.environments.uv import UvError, run_uv
from jupyter_deploy.errors import InvalidInput

#: What no wheel is made of.
_LEFT_OUT = {".git", ".hg", ".venv", "venv", "node_modules", "__pycache__", ".tox", ".nox"}
_INSTEAD = "Or deploy with the environment `live`: runs then use what the kernel has at that time."


def wheel_of(package: Package, url: str, folder: Path, kept: Path | None) -> Path:
    """The wheel in `folder`: built from its folder or archive, or the one that it is.

    Raises InvalidInput (field `environment`).
    """
    source = Path(unquote(urlsplit(url).path))
    if not source.exists():
        raise InvalidInput(
            f"The package {package.name} was installed from {source}, which is gone.",
            field="environment",
            hint=f"Install it again from where it is now. {_INSTEAD}",
        )
    if source.suffix == ".whl":
        return Path(shutil.copy(source, folder))
    if kept is None or not source.is_dir():
        return _build(package, source, folder)
    return _kept(package, source, folder, kept)


def _kept(package: Package, source: Path, folder: Path, kept: Path) -> Path:
    """Of each package the last one is kept."""
    place = kept / package.name
    state = place / _state_of(source)
    for wheel in state.glob("*.whl"):
        return Path(shutil.copy(wheel, folder))
    built = _build(package, source, folder)
    with suppress(OSError):  # then it is built again
        shutil.rmtree(place, ignore_errors=True)
        state.mkdir(parents=True)
        shutil.copy(built, state / f"{built.name}.part")
        (state / f"{built.name}.part").rename(state / built.name)
    return built


def _state_of(source: Path) -> str:
    """Another one as soon as a file has another name, size or time."""
    seen = hashlib.sha256(str(source).encode())
    for place, folders, names in os.walk(source):
        folders[:] = sorted(item for item in folders if item not in _LEFT_OUT)
        for name in sorted(names):
            status = Path(place, name).lstat()
            seen.update(f"{place}/{name} {status.st_size} {status.st_mtime_ns}\n".encode())
    return seen.hexdigest()[:32]


def _build(package: Package, source: Path, folder: Path) -> Path:
    before = set(_wheels(folder))
    try:
        run_uv(["build", "--wheel", "--out-dir", str(folder), str(source)], cwd=folder)
    except UvError as error:
        raise InvalidInput(
            f"The package {package.name} cannot be built from {source}: {error}",
            field="environment",
            hint=f"`uv build {source}` shows why. {_INSTEAD}",
        ) from error
    [built] = set(_wheels(folder)) - before
    return built


def _wheels(folder: Path) -> Iterator[Path]:
    return folder.glob("*.whl")
