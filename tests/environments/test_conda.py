"""Environments of conda: what is listed of them, and how they are built again."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from jupyter_deploy.domain.bundle import Kernel
from jupyter_deploy.environments.building import build, built
from jupyter_deploy.environments.conda import (
    EXPLICIT,
    distributions,
    explicit_list,
    find_program,
    prefix_of,
)
from jupyter_deploy.environments.locking import PYLOCK, Locked, lock_environment
from jupyter_deploy.environments.problems import BuildError
from jupyter_deploy.errors import InvalidInput
from jupyter_deploy.kernels.snapshot import snapshot_environment
from jupyter_deploy.runner.rebuilding import with_environment

from . import channel
from .conftest import START, Author, plan, uv, write_wheel

HASH = "0" * 32
CONDA = next(filter(None, map(shutil.which, ("micromamba", "mamba", "conda"))), None)
needs_conda = pytest.mark.skipif(CONDA is None, reason="no conda is on the path")


@pytest.fixture
def no_conda(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A machine without one; the folder that is its path."""
    path = tmp_path / "path"
    path.mkdir()
    monkeypatch.setenv("PATH", str(path))
    for name in ("CONDA_EXE", "MAMBA_EXE"):
        monkeypatch.delenv(name, raising=False)
    return path


def record(prefix: Path, name: str, **more: object) -> None:
    """What conda notes of a package that it has installed."""
    folder = prefix / "conda-meta"
    folder.mkdir(exist_ok=True)
    url = f"https://conda.example.org/noarch/{name}-1.0-0.conda"
    about = {"name": name, "version": "1.0", "url": url, "md5": HASH, "files": [], **more}
    (folder / f"{name}-1.0-0.json").write_text(json.dumps(about))


def text_of(locked: Locked, path: str) -> str:
    [digest] = [item.digest for item in locked.lock.files if item.path == path]
    return locked.contents[digest].decode()


def test_only_an_environment_with_packages_of_conda_is_one(tmp_path: Path) -> None:
    python = tmp_path / "env" / "bin" / "python"
    python.parent.mkdir(parents=True)
    assert prefix_of(str(python)) is None
    (tmp_path / "env" / "conda-meta").mkdir()
    assert prefix_of(str(python)) is None
    record(tmp_path / "env", "lead")
    assert prefix_of(str(python)) == tmp_path / "env"


def test_the_list_has_addresses_and_hashes_each_after_what_it_needs(tmp_path: Path) -> None:
    record(tmp_path, "app", depends=["zlib >=1", "python", "__glibc >=2"])
    record(tmp_path, "python", md5=None, sha256="1" * 64)
    record(tmp_path, "zlib", url="https://me:secret@conda.example.org/t/token-1/x/zlib-1.conda")
    listed = explicit_list(tmp_path).splitlines()
    assert listed[0] == "@EXPLICIT"
    assert sorted(listed[1:3]) == [
        f"https://conda.example.org/noarch/python-1.0-0.conda#sha256:{'1' * 64}",
        f"https://conda.example.org/x/zlib-1.conda#{HASH}",
    ]
    assert listed[3] == f"https://conda.example.org/noarch/app-1.0-0.conda#{HASH}"


def test_packages_that_need_each_other_are_listed(tmp_path: Path) -> None:
    record(tmp_path, "a", depends=["b"])
    record(tmp_path, "b", depends=["a"])
    assert len(explicit_list(tmp_path).splitlines()) == 3


@pytest.mark.parametrize("lacks", [{"url": None}, {"url": "<unknown>"}, {"md5": None}])
def test_a_package_of_unknown_origin_is_named(tmp_path: Path, lacks: dict[str, None]) -> None:
    record(tmp_path, "lead", **lacks)
    with pytest.raises(BuildError, match="where the package lead is from"):
        explicit_list(tmp_path)


def test_pythons_own_names_of_packages_are_known(tmp_path: Path) -> None:
    files = [
        f"{channel.SITE}/scikit_learn-1.5.2.dist-info/METADATA",
        f"{channel.SITE}/Old.Name-2.0-py3.11.egg-info",
        f"{channel.SITE}/sklearn/__init__.py",
    ]
    record(tmp_path, "scikit-learn", files=files)
    assert distributions(tmp_path) == {("scikit-learn", "1.5.2"), ("old-name", "2.0")}


def test_what_pip_brought_is_locked_beside_it(author: Author, no_conda: Path) -> None:
    (no_conda / "conda").write_text("#!/bin/sh\nexit 1\n")
    (no_conda / "conda").chmod(0o755)
    author.install(write_wheel(author.folder, "lead", "1.0"))
    author.install(write_wheel(author.folder, "trail", "2.0"))
    files = [f"{channel.SITE}/lead-1.0.dist-info/METADATA"]
    record(author.folder / "venv", "lead", files=files)
    locked = author.lock()
    assert "lead-1.0-0.conda" in text_of(locked, EXPLICIT)
    assert 'name = "trail"' in text_of(locked, PYLOCK)
    assert "lead" not in text_of(locked, PYLOCK)
    with pytest.raises(InvalidInput, match="cannot be added to an environment of conda") as caught:
        lock_environment(author.snapshot(), START, _empty(author.folder), ["six"])
    assert caught.value.field == "packages"


def _empty(folder: Path) -> Path:
    place = folder / "again"
    place.mkdir()
    return place


def test_without_a_conda_nothing_is_locked(author: Author, no_conda: Path) -> None:
    record(author.folder / "venv", "lead")
    with pytest.raises(InvalidInput, match="neither micromamba nor mamba nor conda") as caught:
        author.lock()
    assert caught.value.field == "environment"


def test_it_is_found_as_a_shell_names_it_or_beside_its_environments(
    no_conda: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    python = str(tmp_path / "root" / "envs" / "ml" / "bin" / "python")
    assert find_program(python) is None
    program = tmp_path / "root" / "bin" / "mamba"
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    assert find_program(python) == str(program)
    monkeypatch.setenv("CONDA_EXE", str(program))
    assert find_program("/usr/bin/python3") == str(program)


def test_where_no_conda_is_the_reason_is_said(
    author: Author, no_conda: Path, tmp_path: Path
) -> None:
    program = no_conda / "conda"
    program.write_text("#!/bin/sh\necho 'CondaHTTPError: no route' >&2\nexit 1\n")
    program.chmod(0o755)
    record(author.folder / "venv", "lead")
    wanted = plan(author.lock(), tmp_path / "engine")
    with pytest.raises(BuildError, match=r"^CondaHTTPError: no route\.$"):
        build(wanted)
    program.unlink()
    with pytest.raises(BuildError, match="neither micromamba nor mamba nor conda is on this"):
        build(wanted)
    assert built(wanted) is None
    assert not wanted.place.exists()


@needs_conda
def test_it_is_built_by_the_conda_that_is_there(tmp_path: Path) -> None:
    python = conda_author(tmp_path, tmp_path / "author")
    uv("pip", "install", "--python", python, write_wheel(tmp_path, "trail", "2.0"))
    locked = _lock(python, tmp_path)
    shutil.rmtree(tmp_path / "author")
    wanted = plan(locked, tmp_path / "engine")
    made = build(wanted)
    ask = "import sys, lead, trail; print(lead.VERSION, trail.VERSION, sys.prefix)"
    said = subprocess.run([made, "-c", ask], check=True, capture_output=True, text=True).stdout
    assert said.split() == ["1.0", "2.0", str(wanted.place)]
    assert with_environment(made, {})["CONDA_PREFIX"] == str(wanted.place)
    assert build(wanted) == made


@needs_conda
def test_another_package_at_the_address_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    python = conda_author(tmp_path, tmp_path / "author")
    wanted = plan(_lock(python, tmp_path), tmp_path / "engine")
    [path] = (tmp_path / "channel").rglob("lead-*")
    path.unlink()
    channel.package(tmp_path / "channel", "lead", "1.0", {"other.txt": "another"})
    monkeypatch.setenv("CONDA_PKGS_DIRS", str(tmp_path / "nothing is cached"))
    with pytest.raises(BuildError, match="The package lead is another one than was locked"):
        build(wanted)
    assert built(wanted) is None


def conda_author(folder: Path, prefix: Path) -> Path:
    """Somebody's environment from a channel of two packages; its interpreter."""
    lines = [channel.python(folder / "channel"), channel.module(folder / "channel", "lead", "1.0")]
    explicit = folder / "explicit.txt"
    explicit.write_text("\n".join(["@EXPLICIT", *lines, ""]))
    create = ["create", "--yes", "--quiet", "--prefix", prefix, "--file", explicit]
    subprocess.run([str(CONDA), *create], check=True)
    return prefix / "bin" / "python"


def _lock(python: Path, folder: Path) -> Locked:
    kernel = Kernel("author", "Author", "python", str(python))
    environment = snapshot_environment(kernel)
    assert environment is not None
    return lock_environment(environment, START, _empty(folder))
