"""What a run that ended well takes back, and what it cannot."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
import pytest

from jupyter_deploy.capture.bundle import capture
from jupyter_deploy.preflight.disproving import disproved
from jupyter_deploy.preflight.trial import Trial
from tests.preflight.corpus import notebook_of


def taken_back(folder: Path, *cells: str) -> list[str]:
    """The causes, of all that the source tells."""
    project, attempt = folder / "project", folder / "attempt"
    (project / "schedules").mkdir(parents=True)
    attempt.mkdir()
    path = project / "report.ipynb"
    path.write_bytes(nbformat.writes(notebook_of(cells)).encode())
    bundle = capture(path).bundle
    assert bundle.findings
    task = {"notebook": {"path": "report.ipynb", "blob": str(path)}}
    (attempt / "task.json").write_text(json.dumps(task))
    found = disproved(Trial(attempt, bundle, project))
    assert {cell for _, cell in found} <= {item.cell for item in bundle.findings}
    return [cause for cause, _ in found]


@pytest.mark.parametrize(
    "source",
    [
        "homes = ['~/nowhere/x', '/home/nobody/nowhere']",
        "show('/home/nobody/nowhere/x.csv')",
        "PLACE = '/home/nobody/nowhere'",
    ],
)
def test_texts_that_look_like_paths(source: str, tmp_path: Path) -> None:
    assert taken_back(tmp_path, source) == ["absolute_path"]


@pytest.mark.parametrize(
    "source",
    [
        "open('/mnt/nowhere/x.csv')",
        "files = [r'C:\\Users\\nobody\\x.csv']",
        "import sys\nsys.path.append('/home/nobody/lib')",
        "%cd /home/nobody/work",
    ],
)
def test_paths_that_are_used(source: str, tmp_path: Path) -> None:
    assert taken_back(tmp_path, source) == []


def test_paths_where_something_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "prices").mkdir()
    assert taken_back(tmp_path, "places = ['~/prices', '~/others']") == []


@pytest.mark.parametrize(
    ("source", "causes"),
    [
        ("os.environ['NO_SUCH_VARIABLE']", ["variable_not_set"]),
        ("os.getenv('NO_SUCH_VARIABLE')", []),
    ],
)
def test_variables(source: str, causes: list[str], tmp_path: Path) -> None:
    assert taken_back(tmp_path, f"import os\n{source}") == causes
