"""Environments from locks: once, whole, or not at all."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

import psutil
import pytest

from jupyter_deploy.environments.building import READY, Plan, build, built, collect, in_use
from jupyter_deploy.environments.uv import UvError

from .conftest import Author, plan, write_wheel


@pytest.fixture
def wanted(author: Author, tmp_path: Path) -> Plan:
    """A lock of lead 1.0, whose author is gone."""
    author.install(write_wheel(author.folder, "lead", "1.0"))
    found = plan(author.lock(), tmp_path / "engine")
    shutil.rmtree(author.folder)
    return found


def version(python: Path) -> str:
    ask = [str(python), "-c", "import lead; print(lead.VERSION)"]
    return subprocess.run(ask, check=True, capture_output=True, text=True).stdout.strip()


def test_it_is_there_after_its_author_is_gone(wanted: Plan) -> None:
    assert built(wanted) is None
    python = build(wanted)
    assert version(python) == "1.0"
    assert built(wanted) == python


def test_it_is_built_once(wanted: Plan) -> None:
    with ThreadPoolExecutor(4) as pool:
        pythons = list(pool.map(build, [wanted] * 4))
    assert len(set(pythons)) == 1
    made = (wanted.place / "pyvenv.cfg").stat().st_mtime_ns
    build(wanted)
    assert (wanted.place / "pyvenv.cfg").stat().st_mtime_ns == made
    assert [path.name for path in wanted.folder.iterdir() if path.is_dir()] == [wanted.key]


def test_a_builder_that_is_killed_leaves_none(wanted: Plan) -> None:
    builder = start_builder(wanted)
    left = stopped_child(builder)
    builder.kill()
    builder.wait()
    assert built(wanted) is None
    try:
        with (
            open(wanted.folder / f"{wanted.key}.lock", "a") as lock,
            pytest.raises(BlockingIOError),
        ):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)  # what it started can still write
    finally:
        left.resume()
    assert version(build(wanted)) == "1.0"
    assert list(wanted.folder.glob(".*")) == []


def stopped_child(builder: subprocess.Popen[bytes]) -> psutil.Process:
    """uv as it works for this builder, held still."""
    while builder.poll() is None:
        for child in psutil.Process(builder.pid).children():
            with suppress(psutil.NoSuchProcess):
                child.suspend()
                if child.status() == psutil.STATUS_STOPPED:
                    return child
    raise AssertionError("It was faster than this test.")


def start_builder(wanted: Plan) -> subprocess.Popen[bytes]:
    document = {
        **asdict(wanted),
        "folder": str(wanted.folder),
        "files": [{"path": path, "blob": str(blob)} for path, blob in wanted.files.items()],
    }
    builder = subprocess.Popen(
        [sys.executable, "-m", "jupyter_deploy.environments"], stdin=subprocess.PIPE
    )
    assert builder.stdin
    builder.stdin.write(json.dumps(document).encode())
    builder.stdin.close()
    return builder


def test_a_folder_without_its_last_file_is_none(wanted: Plan) -> None:
    build(wanted)
    (wanted.place / READY).unlink()
    (wanted.place / "bin" / "python").unlink()
    assert built(wanted) is None
    assert version(build(wanted)) == "1.0"


def test_another_content_than_the_locked_one_is_refused(wanted: Plan, tmp_path: Path) -> None:
    [wheel] = [path for name, path in wanted.files.items() if name.endswith(".whl")]
    write_wheel(tmp_path, "lead", "1.0").rename(wheel)
    with open(wheel, "ab") as file:
        file.write(b"\0")
    with pytest.raises(UvError, match=r"(?i)hash"):
        build(wanted)
    assert built(wanted) is None
    assert list(wanted.folder.glob("[!.]*/")) == []


def test_a_python_that_is_not_there(wanted: Plan) -> None:
    other = Plan(wanted.folder, wanted.digest, "3.10.99", "/nowhere/python", wanted.files)
    with pytest.raises(UvError, match=r"3\.10\.99"):
        build(other)
    assert built(other) is None


def test_a_lock_that_is_none(wanted: Plan, tmp_path: Path) -> None:
    broken = tmp_path / "pylock.toml"
    broken.write_text("lock-version = ")
    with pytest.raises(UvError, match=r"pylock\.toml"):
        build(Plan(wanted.folder, "sha256:00", wanted.python, wanted.interpreter,
                   {"pylock.toml": broken}))  # fmt: skip


def test_only_what_nobody_uses_is_collected(wanted: Plan) -> None:
    python = build(wanted)
    collect(wanted.folder)
    assert python.exists()
    with in_use(wanted):
        collect(wanted.folder, unused=-1)
        assert python.exists()
    collect(wanted.folder, unused=-1)
    assert built(wanted) is None
    assert not wanted.place.exists()


def test_looking_for_it_notes_its_use(wanted: Plan) -> None:
    build(wanted)
    os.utime(wanted.place / READY, (0, 0))
    assert built(wanted)
    assert time.time() - (wanted.place / READY).stat().st_mtime < 60
