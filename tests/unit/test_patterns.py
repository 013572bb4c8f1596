"""Which files a pattern takes along."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from jupyter_deploy.capture import files as capturing
from jupyter_deploy.capture.files import capture_file, find_files
from jupyter_deploy.domain.bundle import digest_of
from jupyter_deploy.errors import Conflict, DeployError, Forbidden, InvalidInput, TooLarge


def names(project: Path, *patterns: str) -> list[str]:
    found = find_files(patterns, project / "notebooks", project)
    return [path.relative_to(project).as_posix() for path in found]


def refusal(kind: type[DeployError], *patterns: str, project: Path) -> DeployError:
    with pytest.raises(kind) as caught:
        find_files(patterns, project / "notebooks", project)
    assert caught.value.field == "files"
    return caught.value


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("lib/features.py", ["notebooks/lib/features.py"]),
        ("./lib/features.py", ["notebooks/lib/features.py"]),
        ("lib/*.py", ["notebooks/lib/features.py"]),
        ("lib/**/*.py", ["notebooks/lib/deep/more.py", "notebooks/lib/features.py"]),
        ("**/*.py", ["notebooks/lib/deep/more.py", "notebooks/lib/features.py"]),
        ("**/**/more.py", ["notebooks/lib/deep/more.py"]),
        ("l?b/[a-f]*", ["notebooks/lib/features.py"]),
        ("lib", ["notebooks/lib/deep/more.py", "notebooks/lib/features.py"]),
        ("lib/**", ["notebooks/lib/deep/more.py", "notebooks/lib/features.py"]),
        ("../data/*.csv", ["data/prices.csv"]),
        ("lib/../../data/prices.csv", ["data/prices.csv"]),
        (".env", ["notebooks/.env"]),
    ],
)
def test_patterns_name_files(project: Path, pattern: str, expected: list[str]) -> None:
    assert names(project, pattern) == expected


def test_a_file_named_twice_comes_once(project: Path) -> None:
    assert names(project, "lib/*.py", "lib/features.py", "lib") == [
        "notebooks/lib/deep/more.py",
        "notebooks/lib/features.py",
    ]


@pytest.mark.parametrize("pattern", ["*.none", "none.csv", "lib/none/**", "**/.env", "*", ""])
def test_a_pattern_that_names_nothing_is_refused(project: Path, pattern: str) -> None:
    (project / "notebooks/sales.ipynb").unlink()
    if pattern == "":
        shutil.rmtree(project / "notebooks/lib")
    assert "notebooks/" in (refusal(InvalidInput, pattern, project=project).hint or "")


@pytest.mark.parametrize(
    "pattern",
    [
        "/etc/passwd",
        "~/x",
        "../../outside/secret.csv",
        "../../outside/not-there.csv",
        "../../**/*.csv",
        "*/../../../outside/*",
        "lib/**/../../../../*",
        "a\0b",
    ],
)
def test_a_pattern_that_leads_out_is_refused(project: Path, pattern: str) -> None:
    refusal(Forbidden, pattern, project=project)


@pytest.mark.parametrize("pattern", ["link.csv", "*.csv", "folder/secret.csv", "folder/*"])
def test_a_link_that_leads_out_is_refused(project: Path, pattern: str) -> None:
    outside = project.parent / "outside"
    (project / "notebooks/link.csv").symlink_to(outside / "secret.csv")
    (project / "notebooks/folder").symlink_to(outside)
    refusal(Forbidden, pattern, project=project)


def test_wildcards_do_not_look_through_links_to_folders(project: Path) -> None:
    (project / "notebooks/folder").symlink_to(project.parent / "outside")
    for pattern in ("*/secret.csv", "*/not-there.csv", "**/*.csv"):
        refusal(InvalidInput, pattern, project=project)


def test_a_link_inside_keeps_the_name_that_the_notebook_uses(project: Path) -> None:
    (project / "notebooks/latest.csv").symlink_to(project / "data/prices.csv")
    assert names(project, "*.csv") == ["notebooks/latest.csv"]
    taken = capture_file(project / "notebooks/latest.csv", project)
    assert taken.digest == digest_of(b"a,b\n1,2\n")


@pytest.mark.timeout(20)
def test_loops_of_links_pipes_and_long_names_do_no_harm(project: Path) -> None:
    (project / "notebooks/lib/loop").symlink_to(project / "notebooks")
    (project / "notebooks/self").symlink_to("self")
    os.mkfifo(project / "notebooks/pipe.py")
    assert "notebooks/lib/features.py" in names(project, "**/*.py")
    refusal(InvalidInput, "pipe.py", project=project)
    refusal(InvalidInput, "self", project=project)
    refusal(InvalidInput, "x" * 5000, project=project)


def test_there_is_a_limit_to_the_number(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(capturing, "MAX_FILES", 1)
    refusal(TooLarge, "lib/**", project=project)


def test_there_is_a_limit_to_the_size_and_nothing_is_read_before(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(capturing, "open", None, raising=False)
    with open(project / "data/huge.bin", "wb") as file:
        file.truncate(capturing.MAX_BYTES + 1)
    refusal(TooLarge, "../data/huge.bin", project=project)


def test_a_file_that_vanishes_is_a_conflict(project: Path) -> None:
    with pytest.raises(Conflict, match="vanished") as caught:
        capture_file(project / "data/gone.csv", project)
    assert "deploy again" in (caught.value.hint or "")


def test_a_name_that_is_no_text_is_refused(project: Path) -> None:
    path = os.fsencode(project / "notebooks") + b"/caf\xe9.csv"
    try:
        open(path, "wb").close()
    except OSError:
        pytest.skip("this file system takes UTF-8 names only")
    (found,) = find_files(["*.csv"], project / "notebooks", project)
    with pytest.raises(InvalidInput, match="not UTF-8"):
        capture_file(found, project)


def test_a_pattern_of_the_projects_root_is_told_how_to_be_written(project: Path) -> None:
    hint = refusal(InvalidInput, "data/*.csv", project=project).hint
    assert hint == (
        "Patterns are relative to notebooks/. "
        "It is found in the project's root: write ../data/*.csv."
    )
    assert names(project, "../data/*.csv") == ["data/prices.csv"]
    assert "write" not in (refusal(InvalidInput, "nothing/*.csv", project=project).hint or "")
