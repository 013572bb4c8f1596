"""What the source alone tells of notebooks that were not written for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_deploy.capture.bundle import capture
from jupyter_deploy.domain.bundle import Finding
from jupyter_deploy.errors import InvalidInput

from .field import FIELD, Project

#: What shows when it runs: the benchmark `field` looks at all of them.
WHEN_IT_RUNS = {
    "monthly-board-pack", "plugin-scorer", "sensor-hdf", "readme-table", "lazy-local-in-loop",
    "joined-path-constants", "event-shards-fstring", "column-made-later", "helper-global-late",
}  # fmt: skip
#: Nothing is captured of a notebook whose kernel is not here.
REFUSED = {"conda-env-kernel", "venv-named-kernel", "old-python2-kernel"}


def look(project: Project, folder: Path) -> tuple[Finding, ...]:
    path = project.copy(folder)
    captured = capture(path, patterns=project.files, look_only=True, given=project.parameters)
    return captured.bundle.findings


@pytest.mark.parametrize("project", [item for item in FIELD if item.kind == "clean"], ids=str)
def test_nothing_is_found_in_a_clean_one(project: Project, tmp_path: Path) -> None:
    assert look(project, tmp_path) == ()


@pytest.mark.parametrize(
    "project",
    [item for item in FIELD if item.kind != "clean" and item.name not in WHEN_IT_RUNS | REFUSED],
    ids=str,
)
def test_a_fault_is_named_with_its_cell(project: Project, tmp_path: Path) -> None:
    found = look(project, tmp_path)
    assert any(project.is_named(item.cause, item.cell) for item in found), found
    assert {item.cause for item in found} <= {project.kind, "missing_package"}


@pytest.mark.parametrize("project", [item for item in FIELD if item.name in REFUSED], ids=str)
def test_a_kernel_that_is_not_here_is_named(project: Project, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="is not installed here") as caught:
        look(project, tmp_path)
    assert caught.value.field == "kernel"
