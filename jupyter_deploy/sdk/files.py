"""Files that are results."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from jupyter_deploy.sdk.display import check_name, show
from jupyter_deploy.sdk.run import run

CHUNK = 1024 * 1024


def file(path: str | os.PathLike[str], name: str | None = None) -> None:
    """Record a file that the notebook has written.

    One outside the notebook's folder is copied into it when this is a run, since a run keeps what
    it finds there. Raises FileNotFoundError and IsADirectoryError.
    """
    place = Path(path)
    if not place.exists():
        raise FileNotFoundError(f"There is no file {str(place)!r} to record.")
    if not place.is_file():
        raise IsADirectoryError(f"{str(place)!r} is no file; record its files one by one.")
    if run.is_production and not _is_inside(place):
        import shutil  # as below: importing this package is to cost nothing

        place = Path(shutil.copyfile(place, place.name))
    size = place.stat().st_size
    content = {"name": check_name(name or place.name), **described(place)}
    show("file", content, f"{size:,} bytes")


def described(place: Path) -> dict[str, Any]:
    """Path from the notebook's folder, size, media type and digest."""
    import hashlib
    import mimetypes

    seen = hashlib.sha256()
    with open(place, "rb") as opened:
        while chunk := opened.read(CHUNK):
            seen.update(chunk)
    inside = _is_inside(place)
    return {
        "file": Path(os.path.relpath(place)).as_posix() if inside else place.as_posix(),
        "size": place.stat().st_size,
        "media_type": mimetypes.guess_type(place.name)[0] or "application/octet-stream",
        "digest": f"sha256:{seen.hexdigest()}",
    }


def _is_inside(place: Path) -> bool:
    return place.resolve().is_relative_to(Path.cwd())
