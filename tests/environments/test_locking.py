"""From what an author has to a lock that stands for itself."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from jupyter_deploy.domain.bundle import Lock
from jupyter_deploy.domain.environment import Environment, Origin, Package
from jupyter_deploy.environments.locking import PYLOCK, given_lock, lock_environment
from jupyter_deploy.errors import InvalidInput, NotFound

from .conftest import START, Author, write_wheel

PROJECT = """
[project]
name = "lead"
version = "1.0"
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
"""
#: Builds without fetching anything.
BACKEND = """
import pathlib, zipfile
def build_wheel(folder, config_settings=None, metadata_directory=None):
    path = pathlib.Path(folder, "lead-1.0-py3-none-any.whl")
    with zipfile.ZipFile(path, "w") as archive:
        archive.write("lead.py")
        about = "lead-1.0.dist-info"
        archive.writestr(f"{about}/METADATA", "Metadata-Version: 2.1\\nName: lead\\nVersion: 1.0")
        wheel = "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any"
        archive.writestr(f"{about}/WHEEL", wheel)
        archive.writestr(f"{about}/RECORD", "")
    return path.name
build_editable = build_wheel
"""


def write_project(folder: Path) -> Path:
    folder.mkdir()
    (folder / "pyproject.toml").write_text(PROJECT)
    (folder / "backend.py").write_text(BACKEND)
    (folder / "lead.py").write_text("VERSION = '1.0'\n")
    return folder


def test_a_wheel_on_this_machine_goes_into_the_bundle(author: Author) -> None:
    author.install(write_wheel(author.folder, "lead", "1.0"))
    locked = author.lock()
    paths = [item.path for item in locked.lock.files]
    assert paths == [PYLOCK, "wheels/lead-1.0-py3-none-any.whl"]
    text = locked.contents[locked.lock.files[0].digest].decode()
    assert 'path = "wheels/lead-1.0-py3-none-any.whl"' in text
    assert "sha256" in text
    assert str(author.folder) not in text
    assert locked.lock.argv == ("{python}", *START.argv[1:])
    assert Lock.from_json(json.loads(json.dumps(vars_of(locked.lock)))) == locked.lock


def vars_of(lock: Lock) -> dict[str, object]:
    return {**vars(lock), "files": [vars(item) for item in lock.files]}


def test_equal_environments_have_equal_locks(author: Author) -> None:
    author.install(write_wheel(author.folder, "lead", "1.0"))
    assert author.lock().lock.digest == author.lock().lock.digest


@pytest.mark.parametrize("how", [(), ("--editable",)], ids=["local", "editable"])
def test_a_package_in_a_folder_is_built(author: Author, how: tuple[str, ...]) -> None:
    source = write_project(author.folder / "project")
    author.install(*how, source)
    [package] = author.snapshot().packages
    assert package.origin == Origin("editable" if how else "local", source.as_uri())
    assert [item.path for item in author.lock().lock.files][1:] == [
        "wheels/lead-1.0-py3-none-any.whl"
    ]


def test_a_package_under_version_control_is_pinned_to_its_commit(author: Author) -> None:
    source = write_project(author.folder / "project")
    git = ["git", "-C", str(source), "-c", "user.name=a", "-c", "user.email=a@example.org"]
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "first"]):
        subprocess.run([*git, *command], check=True)
    commit = subprocess.run([*git, "rev-parse", "HEAD"], check=True, capture_output=True, text=True)
    author.install(f"lead @ git+{source.as_uri()}")
    [package] = author.snapshot().packages
    assert package.origin == Origin("vcs", f"git+{source.as_uri()}", commit.stdout.strip())
    locked = author.lock()
    assert len(locked.lock.files) == 1
    assert f'commit-id = "{commit.stdout.strip()}"' in next(iter(locked.contents.values())).decode()


def test_a_source_that_is_gone_is_named(author: Author) -> None:
    source = write_project(author.folder / "project")
    author.install("--editable", source)
    shutil.rmtree(source)
    with pytest.raises(
        InvalidInput, match=r"The package lead was installed from .*, which is gone"
    ):
        author.lock()


def test_a_source_that_does_not_build_is_named(author: Author) -> None:
    source = write_project(author.folder / "project")
    author.install("--editable", source)
    (source / "backend.py").write_text("raise RuntimeError('no luck')")
    with pytest.raises(InvalidInput, match="The package lead cannot be built from"):
        author.lock()


def test_a_version_that_no_index_has_is_named(
    author: Author, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "index" / "lead").mkdir(parents=True)
    (tmp_path / "index" / "lead" / "index.html").write_text("<html></html>")
    monkeypatch.setenv("UV_DEFAULT_INDEX", (tmp_path / "index").as_uri())
    with pytest.raises(InvalidInput, match="no package index has lead") as caught:
        lock_environment(with_package(author, "lead"), START, empty(tmp_path))
    assert "`live`" in str(caught.value.hint)


def test_an_index_that_does_not_answer(
    author: Author, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UV_DEFAULT_INDEX", "http://me:secret@127.0.0.1:9/simple")
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    with pytest.raises(InvalidInput, match=r"cannot be locked: .*/lead/") as caught:
        lock_environment(with_package(author, "lead"), START, empty(tmp_path))
    assert "secret" not in str(caught.value)


def with_package(author: Author, name: str) -> Environment:
    found = author.snapshot()
    about = (found.interpreter, found.implementation, found.python, found.platform)
    return Environment(*about, (Package(name, "1.0"),))


def empty(tmp_path: Path) -> Path:
    folder = tmp_path / "locking"
    folder.mkdir()
    return folder


def test_a_lock_that_somebody_wrote(author: Author, tmp_path: Path) -> None:
    (tmp_path / "pylock.toml").write_text(
        'lock-version = "1.0"\ncreated-by = "me"\npackages = []\n'
    )
    locked = given_lock(author.snapshot(), START, tmp_path / "pylock.toml")
    assert [item.path for item in locked.lock.files] == [PYLOCK]


def test_what_is_no_lock(author: Author, tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text("lead==1.0\n")
    with pytest.raises(InvalidInput, match="no lock of the standard form"):
        given_lock(author.snapshot(), START, tmp_path / "requirements.txt")
    with pytest.raises(NotFound, match="cannot be read"):
        given_lock(author.snapshot(), START, tmp_path / "nothing.toml")


def test_snapshots_of_before_there_were_origins_keep_their_digest() -> None:
    old = {"interpreter": "p", "implementation": "CPython", "python": "3.11.7", "platform": "linux"}
    document = {**old, "packages": [{"name": "lead", "version": "1.0"}]}
    environment = Environment.from_json(document)
    assert {k: v for k, v in environment.to_json().items() if k != "digest"} == document


def test_a_folder_is_built_again_only_when_it_has_changed(author: Author, tmp_path: Path) -> None:
    source = write_project(tmp_path / "lead")
    author.install("--editable", source)
    kept = tmp_path / "kept"
    first = author.lock(kept=kept)
    (wheel,) = kept.rglob("*.whl")
    built = wheel.stat().st_ino
    assert author.lock(kept=kept).lock == first.lock
    (wheel,) = kept.rglob("*.whl")
    assert wheel.stat().st_ino == built
    (source / "lead.py").write_text("VERSION = 'changed'\n")
    assert author.lock(kept=kept).lock != first.lock
    assert len(list(kept.rglob("*.whl"))) == 1


@pytest.mark.parametrize("text", ["-r /etc/passwd", "--index-url x", "a b", "http://x/y.whl"])
def test_what_is_no_requirement_is_never_told_to_uv(author: Author, text: str) -> None:
    with pytest.raises(InvalidInput, match="is no package") as caught:
        author.lock(packages=[text])
    assert caught.value.field == "packages"
