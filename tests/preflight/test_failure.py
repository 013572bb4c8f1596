"""What a trial's last error tells of its cause."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import nbformat
import pytest

from jupyter_deploy.domain.bundle import Bundle, CapturedFile, Finding
from jupyter_deploy.domain.ledger import Entry, Finished
from jupyter_deploy.preflight.report import report
from jupyter_deploy.preflight.trial import Trial
from jupyter_deploy.testing.samples import bundle
from tests.preflight.corpus import notebook_of

Failed = Callable[..., list[Finding]]
TABLE = "table = {}"


@pytest.fixture
def failed(tmp_path: Path) -> Failed:
    """The findings of a notebook in `notebooks/` that ended with this error in this cell."""

    def run(
        cell: int,
        error: tuple[str, str],
        *cells: str,
        files: dict[str, str] | None = None,
        seen: dict[str, list[tuple[int, str]]] | None = None,
        **more: Any,
    ) -> list[Finding]:
        project, folder = tmp_path / "project", tmp_path / "attempt"
        for name, text in (files or {}).items():
            (project / name).parent.mkdir(parents=True, exist_ok=True)
            (project / name).write_text(text)
        folder.mkdir()
        (folder / "source.ipynb").write_text(nbformat.writes(notebook_of(cells)))
        notebook = {"path": "notebooks/n.ipynb", "blob": str(folder / "source.ipynb")}
        (folder / "task.json").write_text(json.dumps({"notebook": notebook}))
        tried: Bundle = replace(
            bundle(), notebook=CapturedFile("notebooks/n.ipynb", "sha256:0", 1), **more
        )
        finished = Finished("error", cell, {"name": error[0], "value": error[1]})
        told = report(Trial(folder, tried, project), list(entries(finished, seen or {})))
        return list(told.findings)

    return run


def entries(finished: Finished, seen: dict[str, list[tuple[int, str]]]) -> list[Entry]:
    at = datetime(2026, 3, 2, tzinfo=timezone.utc).isoformat()
    items = {
        kind: [{"cell": cell, "what": what} for cell, what in found] for kind, found in seen.items()
    }
    draft = finished.draft()
    return [
        Entry(1, at, "observed", {"seen": items, "memory": 1}),
        Entry(2, at, draft.kind, draft.data),
    ]


@pytest.mark.parametrize(
    ("error", "value", "package"),
    [
        ("ModuleNotFoundError", "No module named 'yaml'", "PyYAML"),
        ("ImportError", "Missing optional dependency 'openpyxl'.  Use pip or conda.", "openpyxl"),
        ("ImportError", "`Import tabulate` failed.  Use pip, conda, or another.", "tabulate"),
        ("ImportError", "`Import pytables` failed.  Use pip, conda, or another.", "tables"),
        ("ImportError", "Plots need it: pip install great-tables.", "great-tables"),
        ("ImportError", "lxml not found, please install it", "lxml"),
    ],
)
def test_a_package_that_something_else_needs(
    failed: Failed, error: str, value: str, package: str
) -> None:
    [found] = failed(0, (error, value), "x")
    assert (found.cause, found.cell, found.action) == (
        "missing_package", 0, {"packages": [package]}
    )  # fmt: skip


def test_an_import_that_fails_for_another_reason_is_no_missing_package(failed: Failed) -> None:
    assert failed(0, ("ImportError", "cannot import name 'x' from 'y'"), "from y import x") == []


@pytest.mark.parametrize(
    ("file", "pattern"),
    [
        ("notebooks/mine.py", "mine.py"),
        ("mine/deep/a.py", "../mine/**/*.py"),
        ("src/mine.py", "../src/mine.py"),
        ("src/mine/__init__.py", "../src/mine/**/*.py"),
    ],
)
def test_a_module_of_the_author_wherever_it_is(failed: Failed, file: str, pattern: str) -> None:
    error = ("ModuleNotFoundError", "No module named 'mine.deep'")
    [found] = failed(0, error, "import mine.deep", files={file: ""})
    assert (found.cause, found.action) == ("local_module", {"files": [pattern]})


def test_of_two_modules_none_is_chosen(failed: Failed) -> None:
    error = ("ModuleNotFoundError", "No module named 'mine'")
    [found] = failed(0, error, "import mine", files={"a/mine.py": "", "b/mine.py": ""})
    assert found.cause == "missing_package"


@pytest.mark.parametrize(
    ("later", "cause"), [("rate = 2", "out_of_order"), ("rates = 2", "hidden_name")]
)
def test_a_name_that_is_not_there(failed: Failed, later: str, cause: str) -> None:
    [found] = failed(0, ("NameError", "name 'rate' is not defined"), "f()", later)
    assert (found.cause, found.cell) == (cause, 0)
    assert found.message.startswith("rate is ")


@pytest.mark.parametrize(
    ("error", "setting"),
    [
        (("KeyError", "'density'"), "table['density'] = 1"),
        (("AttributeError", "'DataFrame' object has no attribute 'density'"), "table.density = 1"),
        (("KeyError", '"density"'), "table = table.assign(density=1)"),
    ],
)
def test_a_column_that_a_later_cell_makes(
    failed: Failed, error: tuple[str, str], setting: str
) -> None:
    [found] = failed(1, error, TABLE, "table.density", setting)
    assert (found.cause, found.cell) == ("out_of_order", 1)
    assert "cell 3" in found.message


def test_a_column_that_an_earlier_cell_has_made(failed: Failed) -> None:
    error = ("KeyError", "'density'")
    assert (
        failed(1, error, "table['density'] = 1", "table['density']", "table['density'] = 2") == []
    )


@pytest.mark.parametrize(
    "error",
    [("KeyError", "'HOST'"), ("UsageError", "Environment does not have key: HOST")],
)
def test_a_variable_that_is_not_set(failed: Failed, error: tuple[str, str]) -> None:
    [found] = failed(0, error, "connect()", variables=("HOST",))
    assert (found.cause, found.cell) == ("variable_not_set", 0)


def test_a_question(failed: Failed) -> None:
    error = ("StdinNotImplementedError", "raw_input was called, but this frontend cannot")
    [found] = failed(0, error, "ask('Name?')")
    assert (found.cause, found.cell) == ("asks_input", 0)
    assert found.message.startswith("input() waits")


@pytest.mark.parametrize(
    ("cause", "message", "error"),
    [
        ("hidden_name", "rate is defined by no cell.", ("NameError", "name 'rate' is not defined")),
        ("missing_package", "cv2 cannot be imported.", ("ImportError", "No module named 'cv2'")),
        ("variable_not_set", "The variable HOST is read.", ("KeyError", "'HOST'")),
        ("asks_input", "input() waits.", ("StdinNotImplementedError", "raw_input was called")),
        ("absolute_path", "/x leads out.", ("FileNotFoundError", "No such file: '/x/y.csv'")),
    ],
)
def test_what_the_source_has_told_is_not_told_again(
    failed: Failed, cause: str, message: str, error: tuple[str, str]
) -> None:
    known = (Finding(cause, 0, message, None),)
    assert failed(2, error, "a", "b", "f()", findings=known, variables=("HOST",)) == []


def test_a_file_on_the_authors_machine(failed: Failed) -> None:
    [found] = failed(0, ("FileNotFoundError", "No such file or directory: '/mnt/x.csv'"), "f()")
    assert (found.cause, found.cell) == ("absolute_path", 0)


def test_scripts_and_data_that_were_looked_for_in_vain(failed: Failed, tmp_path: Path) -> None:
    work = tmp_path / "attempt" / "work" / "notebooks"
    found = failed(
        1,
        ("FileNotFoundError", "No such file"),
        "a",
        "b",
        files={"notebooks/rules.py": "", "notebooks/x.csv": ""},
        seen={"missing": [(1, f"{work}/rules.py"), (1, f"{work}/x.csv")]},
    )
    assert [(item.cause, item.cell, item.action) for item in found] == [
        ("local_module", 1, {"files": ["rules.py"]}),
        ("data_file", 1, {"files": ["x.csv"]}),
    ]


@pytest.mark.parametrize("pattern", ["data", "data/x.csv", "data/*.csv"])
def test_a_file_that_is_proposed_already(failed: Failed, pattern: str) -> None:
    known = (Finding("data_file", 0, "It is read.", None, {"files": [pattern]}),)
    error = ("FileNotFoundError", "No such file or directory: 'data/x.csv'")
    assert failed(1, error, "a", files={"notebooks/data/x.csv": ""}, findings=known) == []


def test_packages_that_a_process_was_started_to_install(failed: Failed) -> None:
    command = "/usr/bin/python3 -m pip install --quiet unidecode xlsxwriter>=3"
    found = failed(3, ("ValueError", "no"), "a", seen={"install": [(2, command), (2, "pip list")]})
    assert [(item.cause, item.cell, item.action) for item in found] == [
        ("installs_package", 2, {"packages": ["unidecode", "xlsxwriter"]})
    ]
