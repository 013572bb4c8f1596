"""Packages of conda, made by hand, in a channel that is a folder."""

from __future__ import annotations

import io
import json
import sys
import tarfile
from hashlib import md5, sha256
from pathlib import Path

#: Where packages for Python lie in an environment.
SITE = f"lib/python{sys.version_info[0]}.{sys.version_info[1]}/site-packages"


def python(channel: Path) -> str:
    """This interpreter as a package: a link to it, as venv makes one. Its explicit line."""
    home = Path(sys.base_prefix) / "bin"
    version = ".".join(map(str, sys.version_info[:3]))
    settings = f"home = {home}\ninclude-system-site-packages = false\nversion = {version}\n"
    link = home / f"python{sys.version_info[0]}.{sys.version_info[1]}"
    return package(channel, "python", version, {"pyvenv.cfg": settings}, links={"bin/python": link})


def module(channel: Path, name: str, version: str) -> str:
    """A package of one module that knows its version. Its explicit line."""
    about = f"{SITE}/{name}-{version}.dist-info"
    files = {
        f"{SITE}/{name}.py": f"VERSION = {version!r}\n",
        f"{about}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{about}/INSTALLER": "conda\n",
        f"{about}/RECORD": f"{name}.py,,\n",
    }
    return package(channel, name, version, files, depends=["python"])


def package(
    channel: Path,
    name: str,
    version: str,
    files: dict[str, str],
    *,
    links: dict[str, Path] | None = None,
    depends: list[str] | None = None,
) -> str:
    folder = channel / "noarch"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}-{version}-0.tar.bz2"
    links = links or {}
    index = {
        "name": name,
        "version": version,
        "build": "0",
        "build_number": 0,
        "depends": depends or [],
        "subdir": "noarch",
        "noarch": "generic",
    }
    paths = [_path(place, content) for place, content in files.items()]
    paths += [{"_path": place, "path_type": "softlink"} for place in links]
    info = {
        "info/index.json": json.dumps(index),
        "info/files": "\n".join([*files, *links]),
        "info/paths.json": json.dumps({"paths": paths, "paths_version": 1}),
    }
    with tarfile.open(path, "w:bz2") as archive:
        for place, content in {**files, **info}.items():
            member = tarfile.TarInfo(place)
            member.size = len(content.encode())
            archive.addfile(member, io.BytesIO(content.encode()))
        for place, target in links.items():
            member = tarfile.TarInfo(place)
            member.type, member.linkname = tarfile.SYMTYPE, str(target)
            archive.addfile(member)
    return f"{path.as_uri()}#{md5(path.read_bytes()).hexdigest()}"


def _path(place: str, content: str) -> dict[str, object]:
    data = content.encode()
    about = {"sha256": sha256(data).hexdigest(), "size_in_bytes": len(data)}
    return {"_path": place, "path_type": "hardlink", **about}
