"""Environments built from locks, each once per data directory and never half.

FOLDER/KEY/             a whole environment; KEY is the lock's digest
FOLDER/KEY/ready.json   written last; touched with every use; what has none is nothing
FOLDER/.KEY.XXXX/       what is being built, or was when its builder died
FOLDER/KEY.lock         held by who builds KEY and all its children, shared by who runs in it
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from jupyter_deploy.durable import sync_folder, write_whole
from jupyter_deploy.environments import conda, venv

READY = "ready.json"
#: An environment that nobody has used for so many seconds is deleted; its lock stays.
UNUSED = 30 * 24 * 3600.0


@dataclass(frozen=True)
class Plan:
    """What to build where: `files` are contents by path, the locks and wheels."""

    folder: Path
    digest: str
    python: str
    interpreter: str
    files: Mapping[str, Path]

    @property
    def key(self) -> str:
        return self.digest.removeprefix("sha256:")[:32]

    @property
    def of_conda(self) -> bool:
        return conda.EXPLICIT in self.files

    @property
    def place(self) -> Path:
        return self.folder / self.key


def read_plan(document: Mapping[str, Any]) -> Plan:
    """Raises KeyError or TypeError for a document of another form."""
    return Plan(
        folder=Path(document["folder"]),
        digest=document["digest"],
        python=document["python"],
        interpreter=document["interpreter"],
        files={item["path"]: Path(item["blob"]) for item in document["files"]},
    )


def built(plan: Plan) -> Path | None:
    """The interpreter of the environment, None while there is none."""
    try:
        os.utime(plan.place / READY)
    except OSError:
        return None
    return plan.place / "bin" / "python"


def build(plan: Plan) -> Path:
    """The interpreter, after building what is not there. Raises BuildError or OSError."""
    plan.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _lock_of(plan.folder, plan.key) as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        if (found := built(plan)) is not None:
            return found
        _clear(plan)
        temporary = plan.folder / f".{plan.key}.{secrets.token_hex(4)}"
        try:
            # Files of conda's know where they are: its environments cannot be moved.
            target = plan.place if plan.of_conda else temporary / "environment"
            _fill(plan, temporary / "source", target, file.fileno())
            os.sync()  # thousands of files, which may not be lost behind `ready.json`
            ready = {"lock": plan.digest, "python": plan.python}
            write_whole(target / READY, json.dumps(ready).encode())
            if target != plan.place:
                target.rename(plan.place)
            sync_folder(plan.folder)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
    collect(plan.folder)
    return plan.place / "bin" / "python"


@contextmanager
def in_use(plan: Plan) -> Iterator[None]:
    """The environment is not collected meanwhile."""
    with _lock_of(plan.folder, plan.key) as file:
        fcntl.flock(file, fcntl.LOCK_SH)
        yield


def collect(folder: Path, unused: float = UNUSED) -> None:
    """Delete the environments that nobody uses, nor has for so many seconds."""
    for ready in folder.glob(f"*/{READY}"):
        with _lock_of(folder, ready.parent.name) as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                age = time.time() - ready.stat().st_mtime
            except (BlockingIOError, FileNotFoundError):  # in use, or collected by another
                continue
            if age >= unused:
                ready.unlink()
                shutil.rmtree(ready.parent, ignore_errors=True)


def _lock_of(folder: Path, key: str) -> IO[str]:
    return open(folder / f"{key}.lock", "a", encoding="utf-8")


def _clear(plan: Plan) -> None:
    """What a builder left that was killed; its lock is ours, so no child of it is writing."""
    for left in (*plan.folder.glob(f".{plan.key}.*"), plan.place):
        shutil.rmtree(left, ignore_errors=True)


def _fill(plan: Plan, source: Path, target: Path, lock: int) -> None:
    for path, content in plan.files.items():
        place = source / path
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(content, place)
    if plan.of_conda:
        conda.fill(source, target, plan.interpreter, lock)
    else:
        venv.fill(source, target, plan.interpreter, plan.python, lock)
