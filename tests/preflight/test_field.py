"""What the source alone tells of notebooks that were not written for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_deploy.capture.bundle import capture
from jupyter_deploy.domain.bundle import Finding
from jupyter_deploy.domain.preflight import FATAL
from jupyter_deploy.errors import InvalidInput

from .field import FIELD, Project

#: The source of these looks as if they would fail.
DISPROVED = {"excepted-errors-demo"}


def look(project: Project, folder: Path) -> tuple[Finding, ...]:
    path = project.copy(folder)
    captured = capture(path, patterns=project.files, look_only=True, given=project.parameters)
    return captured.bundle.findings


@pytest.mark.parametrize("project", [item for item in FIELD if item.kind == "clean"], ids=str)
def test_nothing_is_found_in_a_clean_one(project: Project, tmp_path: Path) -> None:
    """Or only what a run would disprove."""
    found = look(project, tmp_path)
    assert {item.cause for item in found} <= FATAL
    assert bool(found) is (project.name in DISPROVED)


@pytest.mark.parametrize(
    "project",
    [item for item in FIELD if item.kind != "clean" and item.told == "source"],
    ids=str,
)
def test_a_fault_is_named_with_its_cell(project: Project, tmp_path: Path) -> None:
    found = look(project, tmp_path)
    assert any(project.is_named(item.cause, item.cell) for item in found), found
    assert {item.cause for item in found} <= {project.kind, "missing_package"}


@pytest.mark.parametrize("project", [item for item in FIELD if item.told == "refusal"], ids=str)
def test_a_kernel_that_is_not_here_is_named(project: Project, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="is not installed here") as caught:
        look(project, tmp_path)
    assert caught.value.field == "kernel"
