"""What changed between two versions, in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import nbformat
import pytest

from jupyter_deploy.domain.bundle import Bundle, CapturedFile, Kernel, Lock, Start, digest_of
from jupyter_deploy.domain.deployments import Version
from jupyter_deploy.domain.environment import Environment, Origin, Package
from jupyter_deploy.domain.policies import Policies, Retry
from jupyter_deploy.domain.preflight import Preflight
from jupyter_deploy.domain.publishing import read_outputs
from jupyter_deploy.domain.schedule import Schedule
from jupyter_deploy.results.versions import Change, Side, changes

PANDAS = Package("pandas", "2.0")


class Author:
    """Makes versions of a notebook, each side of a comparison."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(
        self, *cells: str, packages: tuple[Package, ...] = (PANDAS,), text: str = "", **more: Any
    ) -> Side:
        notebook = nbformat.v4.new_notebook(
            cells=[
                nbformat.v4.new_markdown_cell(text, id="text"),
                *(nbformat.v4.new_code_cell(cell, id=f"cell-{n}") for n, cell in enumerate(cells)),
            ]
        )
        content = nbformat.writes(notebook).encode()
        place = self.folder / digest_of(content)
        place.write_bytes(content)
        bundle = Bundle(
            notebook=CapturedFile("report.ipynb", digest_of(content), len(content)),
            files=(),
            parameters=(),
            parameters_known=True,
            kernel=Kernel("python3", "Python 3", "python", "/usr/bin/python3"),
            environment=None,
            packages=None,
            git=None,
            cells=len(cells),
            findings=(),
        )
        own = {key: more.pop(key) for key in list(more) if hasattr(bundle, key)}
        values = {"parameters": {}, "schedule": None, **more}
        values["parameters"] = own.pop("parameters", {})
        now = datetime(2026, 1, 1, tzinfo=timezone.utc)
        version = Version(
            1, "live", "", replace(bundle, **own), created_at=now, created_by=None, **values
        )
        environment = Environment("/usr/bin/python3", "CPython", "3.12.1", "linux", packages)
        return Side(version, environment, place)


@pytest.fixture
def author(tmp_path: Path) -> Author:
    return Author(tmp_path)


def told(old: Side, new: Side) -> list[tuple[str, str, str, str | None, str | None]]:
    return [(c.kind, c.name, c.change, c.old, c.new) for c in changes(old, new)]


def test_equal_versions_have_no_changes(author: Author) -> None:
    assert told(author("1", "2"), author("1", "2")) == []


def test_cells_are_counted_as_people_do(author: Author) -> None:
    changed, added = changes(author("a = 1", "b = 2"), author("a = 1", "b = 2 + 1", "c = 3"))
    assert changed == Change("code", "3", "changed", "3", "3", "@@ -1 +1 @@\n-b = 2\n+b = 2 + 1")
    assert (added.name, added.change, added.old, added.new) == ("4", "added", None, "4")


def test_text_alone_is_no_code(author: Author) -> None:
    changed = ("notebook", "text", "changed", None, None)
    assert told(author("1", text="before"), author("1", text="after")) == [changed]


def test_packages_are_told_with_version_and_origin(author: Author) -> None:
    origin = Origin("vcs", "git+https://example.org/lead", "0123456789abcdef")
    old = author("1", packages=(PANDAS, Package("six", "1.16")))
    new = author("1", packages=(Package("lead", "0.1", origin), Package("pandas", "2.1")))
    source = "0.1 from git+https://example.org/lead at 0123456789ab"
    assert told(old, new) == [
        ("packages", "lead", "added", None, source),
        ("packages", "pandas", "changed", "2.0", "2.1"),
        ("packages", "six", "removed", "1.16", None),
    ]


def test_without_a_snapshot_no_package_is_said_to_be_gone(author: Author) -> None:
    old = author("1")
    assert [c for c in told(old, replace(old, environment=None)) if c[0] == "packages"] == []


def test_kernelspec_and_lock_are_told_without_values_of_variables(author: Author) -> None:
    start = Start(("python", "-m", "ipykernel"), {"TOKEN": "one", "SAME": "x"})
    other = Start(("python", "-O", "-m", "ipykernel"), {"TOKEN": "two", "SAME": "x", "NEW": "y"})
    lock = Lock("3.12.1", "/usr/bin/python3", (), ("{python}",), {})
    found = told(author("1", start=start), author("1", start=other, lock=lock))
    assert found == [
        ("kernel", "command line", "changed", "python -m ipykernel", "python -O -m ipykernel"),
        ("lock", "environment", "changed", "live", "locked"),
        ("lock", "lock file", "added", None, lock.digest[7:19]),
        ("kernel", "$NEW", "added", None, None),
        ("kernel", "$TOKEN", "changed", None, None),
    ]


def test_variables_files_and_what_it_reads_of_others(author: Author) -> None:
    file = CapturedFile("lib/a.py", digest_of(b"a"), 1)
    old = author("1", variables=("HOME", "REGION"), files=(file,))
    new = author(
        "1",
        variables=("HOME", "TOKEN"),
        files=(replace(file, digest=digest_of(b"bb"), size=2),),
        upstreams=("train",),
    )
    assert [(kind, name, change) for kind, name, change, _, _ in told(old, new)] == [
        ("variables", "REGION", "removed"),
        ("variables", "TOKEN", "added"),
        ("files", "lib/a.py", "changed"),
        ("upstreams", "train", "added"),
    ]


def test_when_and_how_it_runs(author: Author) -> None:
    old = author("1", parameters={"region": "eu", "n": 1})
    new = author(
        "1",
        parameters={"region": "us", "n": 1},
        schedule=Schedule("@daily", "UTC"),
        policies=Policies(retry=Retry(attempts=3)),
        preflight=Preflight("sample", {"n": 1}),
        outputs=read_outputs({"report": {"format": "html"}}),
    )
    found = told(old, new)
    assert ("parameters", "region", "changed", "eu", "us") in found
    assert ("schedule", "cron", "added", None, "@daily") in found
    assert ("policies", "retry.attempts", "changed", "1", "3") in found
    assert ("preflight", "mode", "changed", "none", "sample") in found
    assert ("preflight", "n", "added", None, "1") in found
    assert [(c[1], c[2]) for c in found if c[0] == "outputs"] == [("report", "added")]
    assert Change("parameters", "region", "changed", "eu", "us") in list(changes(old, new))


def test_a_notebook_that_is_gone_has_changed(author: Author) -> None:
    old, new = author("1"), author("2")
    old.notebook.unlink()
    assert told(old, new) == [("notebook", "content", "changed", None, None)]
