"""From a notebook on disk to a bundle."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import nbformat
import pytest

from jupyter_deploy.capture.bundle import Captured, capture
from jupyter_deploy.capture.git import provenance
from jupyter_deploy.capture.root import find_root
from jupyter_deploy.domain.bundle import Bundle, digest_of
from jupyter_deploy.errors import (
    Forbidden,
    InvalidInput,
    InvalidNotebook,
    NotFound,
)

from .projects import notebook, write


def git(folder: Path, *arguments: str) -> str:
    who = ["-c", "user.name=Test", "-c", "user.email=test@example.org"]
    done = subprocess.run(
        ["git", *who, *arguments], cwd=folder, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


def committed(folder: Path) -> str:
    git(folder, "init", "--initial-branch=main")
    git(folder, "add", "--all", "--force")
    git(folder, "commit", "--message=first")
    return git(folder, "rev-parse", "HEAD")


# Root and provenance


def test_the_root_is_the_nearest_marked_folder(tmp_path: Path) -> None:
    path = tmp_path / "a/b/c/x.ipynb"
    path.parent.mkdir(parents=True)
    (tmp_path / "a/.git").mkdir()
    assert find_root(path, None) == tmp_path / "a"
    (tmp_path / "a/b/schedules").mkdir()
    assert find_root(path, None) == tmp_path / "a/b"
    assert find_root(path, tmp_path / "a/b") == tmp_path / "a/b"
    assert find_root(path, tmp_path / "a/b/c") == tmp_path / "a/b/c"


def test_a_work_tree_counts_and_a_file_named_schedules_does_not(tmp_path: Path) -> None:
    path = write(tmp_path / "a/b/x.ipynb", "")
    write(tmp_path / "a/b/schedules", "a list")
    write(tmp_path / "a/.git", "gitdir: elsewhere")
    assert find_root(path, None) == tmp_path / "a"


def test_provenance_of_a_clean_repository(project: Path) -> None:
    commit = committed(project)
    found = provenance(project, ["notebooks/sales.ipynb"])
    assert found is not None
    assert (found.commit, found.branch, found.dirty) == (commit, "main", False)


def test_a_changed_file_anywhere_is_dirty(project: Path) -> None:
    committed(project)
    write(project / "data/prices.csv", "changed")
    found = provenance(project, ["notebooks/sales.ipynb"])
    assert found is not None and found.dirty


def test_only_captured_files_must_be_tracked(project: Path) -> None:
    committed(project)
    write(project / "notebooks/[new].ipynb", notebook())
    clean = provenance(project, ["notebooks/sales.ipynb"])
    dirty = provenance(project, ["notebooks/[new].ipynb"])
    assert clean is not None and not clean.dirty
    assert dirty is not None and dirty.dirty


def test_a_detached_head_has_no_branch(project: Path) -> None:
    commit = committed(project)
    git(project, "checkout", "--detach", commit)
    found = provenance(project, [])
    assert found is not None and found.branch is None


def test_no_provenance_outside_a_repository_or_before_a_commit(project: Path) -> None:
    assert provenance(project, []) is None
    git(project, "init")
    assert provenance(project, []) is None


def test_no_provenance_without_git(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    committed(project)
    monkeypatch.setenv("PATH", str(project))
    assert provenance(project, []) is None


def test_a_repository_in_the_environment_is_not_taken(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "other/file", "x")
    committed(tmp_path / "other")
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "other/.git"))
    assert provenance(project, []) is None


def test_a_repositorys_own_programs_are_not_run(project: Path) -> None:
    committed(project)
    program = write(project / "spy.sh", "#!/bin/sh\ntouch spied\n")
    program.chmod(0o755)
    git(project, "config", "core.fsmonitor", str(program))
    provenance(project, ["notebooks/sales.ipynb"])
    assert not (project / "spied").exists()


# Capture


def taken(project: Path, **options: Any) -> Captured:
    return capture(project / "notebooks/sales.ipynb", **options)


def test_a_bundle_has_all_that_a_run_needs(project: Path) -> None:
    commit = committed(project)
    found = taken(project, patterns=["lib/**/*.py", "../data/prices.csv"])
    bundle = found.bundle
    assert bundle.notebook.path == "notebooks/sales.ipynb"
    assert [item.path for item in bundle.files] == [
        "data/prices.csv",
        "notebooks/lib/deep/more.py",
        "notebooks/lib/features.py",
    ]
    assert [(item.name, item.type, item.default) for item in bundle.parameters] == [("n", "int", 3)]
    assert bundle.parameters_known
    assert bundle.kernel.name == "python3"
    assert found.environment is not None
    assert bundle.environment == found.environment.digest
    assert bundle.packages == len(found.environment.packages)
    assert bundle.git is not None and bundle.git.commit == commit
    assert bundle.cells == 1
    assert bundle.findings == ()


def test_contents_are_what_the_digests_say(project: Path) -> None:
    found = taken(project, patterns=["lib/*.py"])
    described = (found.bundle.notebook, *found.bundle.files)
    assert set(found.contents) == {item.digest for item in described}
    for item in described:
        content = found.contents[item.digest]
        content = content if isinstance(content, bytes) else content.read_bytes()
        assert digest_of(content) == item.digest
        assert len(content) == item.size


def test_equal_content_gives_an_equal_bundle(project: Path) -> None:
    first = taken(project, patterns=["lib/**"]).bundle
    for path in project.rglob("*"):
        os.utime(path, (1, 1))
    second = taken(project, patterns=["lib/deep/*.py", "lib/features.py"]).bundle
    assert first.digest == second.digest
    assert Bundle.from_json(json.loads(json.dumps(first.to_json()))) == first
    write(project / "notebooks/lib/features.py", "A = 2")
    assert taken(project, patterns=["lib/**"]).bundle.digest != first.digest


def test_running_a_notebook_by_hand_does_not_make_it_another(project: Path) -> None:
    before = taken(project).bundle.digest
    path = project / "notebooks/sales.ipynb"
    document = json.loads(path.read_text())
    document["cells"][0]["execution_count"] = 5
    document["cells"][0]["outputs"] = [nbformat.v4.new_output("stream", text="hi")]
    document["metadata"]["language_info"] = {"name": "python", "version": "3.99.1"}
    path.write_text(json.dumps(document))
    assert taken(project).bundle.digest == before


def test_the_notebook_is_not_one_of_its_files(project: Path) -> None:
    assert taken(project, patterns=["*.ipynb"]).bundle.files == ()


def test_patterns_may_be_relative_to_another_folder(project: Path) -> None:
    found = taken(project, base=project, patterns=["data/*.csv"])
    assert [item.path for item in found.bundle.files] == ["data/prices.csv"]


def test_another_kernel_can_be_asked_for(project: Path) -> None:
    write(project / "notebooks/sales.ipynb", notebook(kernelspec={"name": "x", "display_name": ""}))
    with pytest.raises(InvalidInput) as caught:
        taken(project)
    assert caught.value.field == "kernel"
    assert taken(project, kernel="python3").bundle.kernel.name == "python3"


def test_what_was_mended_is_said(project: Path) -> None:
    write(project / "notebooks/sales.ipynb", json.dumps({"nbformat": 3, "worksheets": []}))
    causes = [finding.cause for finding in taken(project).bundle.findings]
    assert causes == ["nbformat_upgraded", "kernelspec_missing"]


def test_a_lone_notebook_is_its_own_project(tmp_path: Path) -> None:
    path = write(tmp_path / "alone/x.ipynb", notebook())
    write(tmp_path / "beside.csv", "")
    assert capture(path, limit=tmp_path).bundle.notebook.path == "x.ipynb"
    with pytest.raises(Forbidden):
        capture(path, limit=tmp_path, patterns=["../beside.csv"])


@pytest.mark.parametrize("name", ["none.ipynb", "no/such/folder.ipynb", "sales.ipynb/x"])
def test_a_missing_notebook(project: Path, name: str) -> None:
    with pytest.raises((NotFound, InvalidInput)) as caught:
        capture(project / "notebooks" / name)
    assert caught.value.field == "notebook"


@pytest.mark.timeout(20)
@pytest.mark.parametrize("name", ["lib", "pipe.ipynb", "self.ipynb", "x" * 5000, "a\0b"])
def test_what_is_no_file(project: Path, name: str) -> None:
    os.mkfifo(project / "notebooks/pipe.ipynb")
    (project / "notebooks/self.ipynb").symlink_to("self.ipynb")
    with pytest.raises(InvalidInput) as caught:
        capture(project / "notebooks" / name)
    assert caught.value.field == "notebook"


def test_a_notebook_outside_the_limit(project: Path) -> None:
    with pytest.raises(Forbidden) as caught:
        taken(project, limit=project / "data")
    assert caught.value.field == "notebook"
    (project / "data/link.ipynb").symlink_to(project / "notebooks/sales.ipynb")
    with pytest.raises(Forbidden):
        capture(project / "data/link.ipynb", limit=project / "data")


def test_a_notebook_that_is_none(project: Path) -> None:
    write(project / "notebooks/sales.ipynb", "")
    with pytest.raises(InvalidNotebook, match=r"sales.ipynb is empty"):
        taken(project)


def test_a_second_capture_asks_no_interpreter(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = taken(project, patterns=["lib/**"])
    started: list[str] = []
    run = subprocess.run

    def noted(command: list[str], **options: Any) -> Any:
        started.append(command[0])
        return run(command, **options)

    monkeypatch.setattr(subprocess, "run", noted)
    assert taken(project, patterns=["lib/**"]).bundle == first.bundle
    assert set(started) <= {"git"}


def test_where_the_notebook_lies_is_no_part_of_the_bundle(project: Path, tmp_path: Path) -> None:
    copied = shutil.copytree(project, tmp_path / "copied")
    (tmp_path / "link").symlink_to(project)
    here, linked, there = (
        capture(root / "notebooks/sales.ipynb") for root in (project, tmp_path / "link", copied)
    )
    assert here.origin == linked.origin == str(project.resolve() / "notebooks/sales.ipynb")
    assert there.origin == str(copied.resolve() / "notebooks/sales.ipynb")
    assert here.bundle == there.bundle


def test_a_folder_whose_name_is_no_text_hides_where_it_lies(tmp_path: Path) -> None:
    folder = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9"))
    try:
        write(folder / "sales.ipynb", notebook())
    except OSError:  # pragma: no cover, some file systems want UTF-8
        pytest.skip("this file system has no such names")
    captured = capture(folder / "sales.ipynb")
    assert (captured.bundle.notebook.path, captured.origin) == ("sales.ipynb", None)
