"""Environments of conda: every package by address and hash, built again where a conda is found."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

from jupyter_deploy.environments.problems import CREDENTIALS, BuildError
from jupyter_deploy.environments.uv import LIMIT, PYLOCK, run_uv

#: The file that `conda create --file` takes.
EXPLICIT = "conda-explicit.txt"
_PROGRAMS = ("micromamba", "mamba", "conda")
#: What shells that were made ready for conda name it by.
_VARIABLES = ("MAMBA_EXE", "CONDA_EXE")
_MISLEADING = ("PYTHONPATH", "PYTHONHOME", "CONDA_PREFIX", "MAMBA_ROOT_PREFIX")
_TOKEN = re.compile(r"/t/[^/]+(?=/)")
#: What a package leaves of its name and version for Python.
_DISTRIBUTION = re.compile(
    r"site-packages/(?P<name>[^/]+?)-(?P<version>[^/-]+)(?:-py[\d.]+)?\.(?:dist|egg)-info(?:/|$)"
)

Record = Mapping[str, Any]


def prefix_of(interpreter: str) -> Path | None:
    """The conda environment that an interpreter lives in, None where it is none."""
    prefix = Path(interpreter).parent.parent
    return prefix if next((prefix / "conda-meta").glob("*.json"), None) else None


def explicit_list(prefix: Path) -> str:
    """What is installed, in an order that works. Raises BuildError for what has no address."""
    records = {record["name"]: record for record in _records(prefix)}
    return "".join(f"{line}\n" for line in ["@EXPLICIT", *map(_line, _ordered(records))])


def distributions(prefix: Path) -> set[tuple[str, str]]:
    """Normalised names and versions of the Python packages that conda brought."""
    files = (file for record in _records(prefix) for file in record.get("files", ()))
    found = filter(None, map(_DISTRIBUTION.search, files))
    return {(re.sub(r"[-_.]+", "-", item["name"]).lower(), item["version"]) for item in found}


def find_program(interpreter: str) -> str | None:
    """On the path, as a shell named it, or beside the environments that this interpreter is of."""
    folders = [*Path(interpreter).parents][:4]  # ROOT/envs/NAME/bin/python, or ROOT/bin/python
    beside = [folder / "bin" / name for folder in folders for name in _PROGRAMS]
    named = [os.environ.get(name, "") for name in _VARIABLES]
    return next(filter(None, map(shutil.which, [*_PROGRAMS, *named, *map(str, beside)])), None)


def fill(source: Path, target: Path, interpreter: str, lock: int) -> None:
    """Build what the files in `source` list, holding `lock` in every process.

    Raises BuildError.
    """
    program = find_program(interpreter)
    if program is None:
        raise BuildError(
            "it is one of conda, and neither micromamba nor mamba nor conda is on this machine."
        )
    create = ["create", "--yes", "--quiet", "--prefix", str(target), "--file", EXPLICIT]
    _run([program, *create], source, lock)
    _verify(target, (source / EXPLICIT).read_text(encoding="utf-8"))
    if (source / PYLOCK).exists():
        _install(source, target, lock)


def _verify(target: Path, locked: str) -> None:
    """By hashes of the archives, as far as they are kept: conda itself does not look at all."""
    if sorted(explicit_list(target).splitlines()) != sorted(locked.splitlines()):
        raise BuildError("What conda installed is not what is locked.")
    for record in _records(target):
        archive = Path(record.get("package_tarball_full_path") or "")
        kind = "md5" if record.get("md5") else "sha256"
        if archive.is_file() and _hash(archive, kind) != record[kind]:
            raise BuildError(f"The package {record['name']} is another one than was locked.")


def _hash(path: Path, kind: str) -> str:
    seen = hashlib.new(kind, usedforsecurity=False)
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            seen.update(piece)
    return seen.hexdigest()


def _install(source: Path, target: Path, lock: int) -> None:
    """What pip had brought beside; nothing of conda's is touched but what that replaces."""
    install = ["pip", "install", "--no-deps", "--link-mode", "copy"]
    into = ["--python", str(target / "bin" / "python"), "-r", PYLOCK]
    run_uv([*install, *into], cwd=source, held=[lock])
    said = run_uv([*install, "--dry-run", *into], cwd=source, held=[lock])
    if "Would make no changes" not in said:
        raise BuildError(f"What was installed is not what is locked: {said.strip()[-300:]}.")


def _records(prefix: Path) -> Iterator[Record]:
    for path in sorted((prefix / "conda-meta").glob("*.json")):
        yield json.loads(path.read_text(encoding="utf-8"))


def _ordered(records: Mapping[str, Record]) -> list[Record]:
    """Each after what it needs."""
    needs = {
        name: [word for need in record.get("depends", ()) if (word := need.split()[0]) in records]
        for name, record in records.items()
    }
    try:
        return [records[name] for name in TopologicalSorter(needs).static_order()]
    except CycleError:
        return list(records.values())


def _line(record: Record) -> str:
    url = _TOKEN.sub("", CREDENTIALS.sub("", record.get("url") or ""))
    md5, sha256 = record.get("md5"), record.get("sha256")
    if "://" not in url or not (md5 or sha256):
        raise BuildError(f"nobody knows where the package {record['name']} is from.")
    return f"{url}#{md5}" if md5 else f"{url}#sha256:{sha256}"


def _run(command: Sequence[str], cwd: Path, lock: int) -> None:
    kept = {key: value for key, value in os.environ.items() if key not in _MISLEADING}
    try:
        done = subprocess.run(
            command,
            cwd=cwd,
            env={**kept, "CONDA_REGISTER_ENVS": "false", "NO_COLOR": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=LIMIT,
            check=False,
            pass_fds=[lock],
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise BuildError(f"conda could not do it: {error}.") from error
    said = done.stdout.decode(errors="replace")
    if done.returncode != 0:
        raise BuildError(_sentence(said), full="No space left" in said)


def _sentence(said: str) -> str:
    """The first line that tells of an error, without passwords."""
    lines = [line.strip() for line in CREDENTIALS.sub("", said).splitlines() if line.strip()]
    told = [line for line in lines if re.search(r"error|critical|failed", line, re.IGNORECASE)]
    return f"{(told or lines or ['conda could not do it'])[0][:300].rstrip('.')}."
