"""Checks of what the machine has to offer: locks that hold, a right clock, new enough packages."""

from __future__ import annotations

import fcntl
import os
import platform
import tempfile
import time
from collections.abc import Iterator
from importlib import metadata

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from jupyter_deploy.cli.check import Check, data_place
from jupyter_deploy.cli.render import duration
from jupyter_deploy.config import Settings
from jupyter_deploy.errors import DeployError

PACKAGE = "jupyterlab-deploy"
#: Checked where it is installed; the command line works without it.
_OPTIONAL = "jupyterlab"
#: Seconds by which clocks may differ.
MAX_OFF = 2.0


def locks(settings: Settings) -> Check:
    """Two descriptors of one file, as two engines would have them."""
    place = data_place(settings)
    fix = "Put the data directory on a local disk: set JUPYTER_DATA_DIR."
    try:
        with tempfile.NamedTemporaryFile(dir=place) as first, open(first.name, "rb") as second:
            fcntl.flock(first, fcntl.LOCK_EX | fcntl.LOCK_NB)
            held = not _lock(second.fileno())
            fcntl.flock(first, fcntl.LOCK_UN)
            freed = _lock(second.fileno())
    except OSError as error:
        return Check("locks", "fail", f"No file in {place} can be locked: {error.strerror}.", fix)
    if not held or not freed:
        message = f"Locks of files in {place} do not hold; two engines could own it."
        return Check("locks", "fail", message, fix)
    return Check("locks", "ok", "files can be locked")


def _lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def clock(settings: Settings) -> Check:
    """This machine's clock, which schedules go by, against that of the database or the disk."""
    before = time.time()
    try:
        other, whose = _other_clock(settings)
    except (DeployError, OSError) as error:
        message = f"It cannot be compared: {getattr(error, 'message', error)}"
        return Check("clock", "warn", message, "Mend what the other checks say.")
    # Right at any moment of the question is right.
    off = min(before - other, 0.0) + max(time.time() - other, 0.0)
    if abs(off) <= MAX_OFF:
        return Check("clock", "ok", f"as {whose}")
    which = "ahead of" if off > 0 else "behind"
    message = f"It is {duration(abs(off))} {which} {whose}; schedules go by it."
    return Check("clock", "warn", message, "Let the time service set it: timedatectl set-ntp true")


def _other_clock(settings: Settings) -> tuple[float, str]:
    """Seconds since 1970 and whose they are. Raises DeployError or OSError."""
    if settings.database_file is None:
        from jupyter_deploy.store.database import clock_of

        return clock_of(settings.database_url).timestamp(), "the database's"
    with tempfile.NamedTemporaryFile(dir=data_place(settings)) as file:
        file.write(b"x")
        file.flush()
        return os.fstat(file.fileno()).st_mtime, "the disk's"


def versions(_settings: Settings) -> Check:
    """Python and the packages against what this package asks for."""
    try:
        wrong = list(_wrong_versions())
    except metadata.PackageNotFoundError:
        fix = f"pip install {PACKAGE}"
        return Check("versions", "warn", "The package is here without being installed.", fix)
    said = (
        f"Python {platform.python_version()}, jupyter_server {metadata.version('jupyter_server')}"
    )
    if not wrong:
        return Check("versions", "ok", said)
    message = f"{'; '.join(f'{name} is {held}' for name, held, _ in wrong)}."
    asked = " ".join(f'"{name}{asked}"' for name, _, asked in wrong if name != "Python")
    fix = f"pip install --upgrade {asked}" if asked else f"Use Python {wrong[0][2]}."
    return Check("versions", "fail", message, fix)


def _wrong_versions() -> Iterator[tuple[str, str, SpecifierSet]]:
    """Name, what is there, what is asked for."""
    python = SpecifierSet(metadata.metadata(PACKAGE)["Requires-Python"] or "")
    if platform.python_version() not in python:
        yield "Python", platform.python_version(), python
    for line in metadata.requires(PACKAGE) or ():
        asked = Requirement(line)
        needed = asked.marker is None or asked.marker.evaluate({"extra": ""})
        if not needed and asked.name != _OPTIONAL:
            continue
        held = _version(asked.name)
        if held is None and needed:
            yield asked.name, "missing", asked.specifier
        elif held is not None and not asked.specifier.contains(held, prereleases=True):
            yield asked.name, held, asked.specifier


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None
