"""Wheels, authors' environments and locks, all without a package index."""

from __future__ import annotations

import os
import subprocess
import sys
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from zipfile import ZipFile

import pytest
from uv import find_uv_bin

from jupyter_deploy.domain.bundle import Kernel
from jupyter_deploy.domain.environment import Environment
from jupyter_deploy.environments.building import Plan
from jupyter_deploy.environments.locking import Locked, lock_environment
from jupyter_deploy.kernels.snapshot import snapshot_environment
from jupyter_deploy.kernels.specs import Start

START = Start(("python", "-m", "ipykernel_launcher", "-f", "{connection_file}"), {"COLOR": "red"})


def write_wheel(folder: Path, name: str, version: str) -> Path:
    """A wheel of one module that knows its version."""
    about = f"{name}-{version}.dist-info"
    files = {
        f"{name}.py": f"VERSION = {version!r}\n",
        f"{about}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{about}/WHEEL": "Wheel-Version: 1.0\nGenerator: t\nRoot-Is-Purelib: true\n"
        "Tag: py3-none-any\n",
    }
    lines = [f"{path},sha256={_digest(text)},{len(text)}" for path, text in files.items()]
    files[f"{about}/RECORD"] = "\n".join([*lines, f"{about}/RECORD,,", ""])
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}-{version}-py3-none-any.whl"
    with ZipFile(path, "w") as archive:
        for inside, text in files.items():
            archive.writestr(inside, text)
    return path


def _digest(text: str) -> str:
    return urlsafe_b64encode(sha256(text.encode()).digest()).decode().rstrip("=")


def uv(*arguments: object) -> None:
    environment = {**os.environ, "UV_SYSTEM_CERTS": "1"}
    subprocess.run([find_uv_bin(), "--quiet", *map(str, arguments)], check=True, env=environment)


class Author:
    """Somebody's environment, and what is captured of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.python = folder / "venv" / "bin" / "python"
        uv("venv", "--python", sys.executable, folder / "venv")

    def install(self, *what: object) -> None:
        uv("pip", "install", "--python", self.python, *what)

    def snapshot(self) -> Environment:
        kernel = Kernel("author", "Author", "python", str(self.python))
        environment = snapshot_environment(kernel)
        assert environment is not None
        return environment

    def lock(self, packages: Sequence[str] = (), kept: Path | None = None) -> Locked:
        folder = self.folder / f"locking {len(list(self.folder.iterdir()))}"
        folder.mkdir()
        return lock_environment(self.snapshot(), START, folder, packages, kept)


@pytest.fixture
def author(tmp_path: Path) -> Author:
    (tmp_path / "author").mkdir()
    return Author(tmp_path / "author")


def plan(locked: Locked, folder: Path, **other: str) -> Plan:
    """As the engine tells it to the runner, with the contents as files."""
    blobs = folder / "blobs"
    blobs.mkdir(parents=True, exist_ok=True)
    files = {}
    for item in locked.lock.files:
        files[item.path] = blobs / item.digest.replace(":", "-")
        files[item.path].write_bytes(locked.contents[item.digest])
    about = {"python": locked.lock.python, "interpreter": locked.lock.interpreter, **other}
    return Plan(folder / "environments", locked.lock.digest, files=files, **about)
