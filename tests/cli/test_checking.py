"""Checking a notebook, and changing it where its author agrees."""

from __future__ import annotations

import json
import os
import pty
import subprocess
from pathlib import Path
from typing import Any

import nbformat
import pytest

from jupyter_deploy.server.contract import validator

from .conftest import COMMAND, Home

PASSWORD = "tR0ub4dor&3"
CELLS = (f"password = '{PASSWORD}'", "rows = open('/mnt/rows.csv').read()\nprint(password, rows)")
MENDED = (
    "rows_path = '/mnt/rows.csv'",
    'import os\npassword = os.environ["PASSWORD"]',
    "rows = open(rows_path).read()\nprint(password, rows)",
)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


def sources(path: Path) -> tuple[str, ...]:
    return tuple(cell.source for cell in nbformat.read(path, 4).cells)


def answered(home: Home, answers: str, *arguments: object) -> tuple[int, str]:
    """Exit code and screen of a command at a terminal, where this is typed."""
    ours, theirs = pty.openpty()
    os.write(ours, answers.encode())
    process = subprocess.run(
        [*COMMAND, *map(str, arguments)], cwd=home.work, env=home.environment, stdin=theirs,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", timeout=120,
        check=False,
    )  # fmt: skip
    os.close(ours)
    os.close(theirs)
    return process.returncode, process.stdout


def test_findings_are_told_and_nothing_is_changed(home: Home) -> None:
    path = home.notebook("a.ipynb", *CELLS)
    before = path.read_bytes()
    told = home("check", "a.ipynb")
    assert told.code == 1
    assert "cell 1, secret in source" in told.out
    assert "jupyter deploy check a.ipynb --fix shows changes" in told.err
    document = home.json("check", "a.ipynb", "--fix", "--yes", code=1)
    assert list(document) == ["notebook", "findings"]
    for finding in document["findings"]:
        validator("Finding").validate(finding)
    assert [len(item["edits"]) for item in document["findings"]] == [1, 2]
    assert document["findings"][0]["action"] == {"secrets": ["PASSWORD"]}
    assert path.read_bytes() == before
    home.notebook("clean.ipynb", "1 + 1")
    assert home("check", "clean.ipynb").code == 0
    assert home.json("check", "clean.ipynb")["findings"] == []


def test_all_changes_are_made_and_what_a_deploy_needs_is_said(home: Home) -> None:
    path = home.notebook("a.ipynb", *CELLS)
    path.chmod(0o640)
    link = home.work / "link.ipynb"
    link.symlink_to(path)
    fixed = home("check", "link.ipynb", "--fix", "--yes")
    assert (fixed.code, fixed.err) == (0, "Deploy it with --secret PASSWORD.\n")
    assert '+password = os.environ["PASSWORD"]' in fixed.out
    assert "-rows = open('/mnt/rows.csv').read()" in fixed.out
    assert "-password = …" in fixed.out
    assert PASSWORD not in fixed.out
    assert sources(path) == MENDED
    assert link.is_symlink()
    assert path.stat().st_mode & 0o777 == 0o640
    assert home("check", "a.ipynb", "--secret", "PASSWORD").code == 0


def test_a_value_that_is_to_be_given_becomes_a_parameter(home: Home) -> None:
    path = home.notebook("a.ipynb", "import math\nregion = 'eu'", "print(region, math.pi)")
    refused = home.error("notebook", "a.ipynb", "-p", "region=us")
    assert "check NOTEBOOK -p region --fix" in refused["hint"]
    [finding] = home.json("check", "a.ipynb", "-p", "region=us", code=1)["findings"]
    assert (finding["cause"], finding["cell"]) == ("no_parameters_cell", 0)
    assert home("check", "a.ipynb", "-p", "region", "--fix", "--yes").code == 0
    assert sources(path) == ("region = 'eu'", "import math", "print(region, math.pi)")
    assert nbformat.read(path, 4).cells[0].metadata["tags"] == ["parameters"]
    assert home.json("check", "a.ipynb", "-p", "region=us")["findings"] == []


def test_what_no_plain_value_sets_is_only_told(home: Home) -> None:
    path = home.notebook("a.ipynb", "CONFIG = {'k': 3}\nk, n = 3, 4", "print(CONFIG, k, n)")
    told = home("check", "a.ipynb", "-p", "k", "-p", "m", "--fix", "--yes")
    assert told.code == 1
    assert "k and m are to be given" in told.out
    assert len(sources(path)) == 2


def test_each_change_is_asked_for(home: Home) -> None:
    path = home.notebook("a.ipynb", *CELLS)
    code, screen = answered(home, "n\ny\n", "check", "a.ipynb", "--fix")
    assert code == 1
    assert screen.count("Change the notebook? [y/N]") == 2
    assert sources(path) == (MENDED[0], CELLS[0], MENDED[2])
    code, screen = answered(home, "\n", "check", "a.ipynb", "--fix")
    assert (code, screen.count("[y/N]")) == (1, 1)
    assert sources(path) == (MENDED[0], CELLS[0], MENDED[2])


def test_equal_findings_are_asked_for_one_by_one(home: Home) -> None:
    path = home.notebook("a.ipynb", *(f"password = '{PASSWORD}{number}'" for number in range(3)))
    _, screen = answered(home, "n\ny\nn\n", "check", "a.ipynb", "--fix")
    assert screen.count("[y/N]") == 3
    assert [PASSWORD in source for source in sources(path)] == [True, False, True]


def test_a_secret_is_not_among_the_lines_around_another_change(home: Home) -> None:
    path = home.notebook("a.ipynb", f"rows = open('/mnt/rows.csv').read()\n{CELLS[0]}")
    said = home("check", "a.ipynb", "--fix", "--yes")
    assert said.code == 0
    assert PASSWORD not in said.out + said.err
    assert [PASSWORD in source for source in sources(path)] == [False, False]


def test_without_a_terminal_it_says_what_to_do(home: Home) -> None:
    path = home.notebook("a.ipynb", *CELLS)
    answer = home("check", "a.ipynb", "--fix")
    assert answer.code == 2
    assert "--fix --yes" in answer.err
    assert sources(path) == CELLS
    assert home.error("check", "a.ipynb", "--yes")["field"] == "yes"
    assert home.error("check", "gone.ipynb")["field"] == "notebook"


def executed(**members: Any) -> dict[str, Any]:
    """As another program writes it: its own order, and members that we do not know."""
    return {
        "source": ["print('größe')\n", "password = '" + PASSWORD + "'"],
        "outputs": [{"output_type": "stream", "text": ["größe\n"], "name": "stdout"}],
        "metadata": {"zeta": 1e-7, "alpha": [True, None]},
        "execution_count": 7,
        "cell_type": "code",
        "id": "kept-id",
        **members,
    }


FORMS: dict[str, dict[str, Any]] = {
    "Jupyter's": {"indent": 1, "ensure_ascii": False},
    "two blanks": {"indent": 2, "ensure_ascii": True},
    "tabs": {"indent": "\t", "ensure_ascii": False},
    "one line": {},
    "no blanks": {"separators": (",", ":")},
}


@pytest.mark.parametrize("end", ["", "\n", "\r\n"], ids=["no end", "end", "Windows"])
@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_all_else_stays_as_it_was_written(home: Home, form: dict[str, Any], end: str) -> None:
    document = {
        "nbformat_minor": 5,
        "nbformat": 4,
        "metadata": {"kernelspec": {"name": "python3", "display_name": "P", "language": "python"}},
        "cells": [
            {"cell_type": "markdown", "metadata": {}, "source": "whole\ntext", "id": "m"},
            executed(),
            executed(id="other", source=f"print(1)\npassword = '{PASSWORD}'"),
        ],
    }
    path = home.work / "a.ipynb"

    def written() -> bytes:
        text = json.dumps(document, **form) + end
        return (text if end != "\r\n" else text.rstrip().replace("\n", "\r\n") + end).encode()

    path.write_bytes(written())
    assert home("check", "a.ipynb", "--fix", "--yes").code == 0
    mended = 'password = os.environ["PASSWORD"]'
    document["cells"][1]["source"] = ["import os\n", "print('größe')\n", mended]
    document["cells"][2]["source"] = f"print(1)\n{mended}"
    assert path.read_bytes() == written()


def test_an_old_notebook_is_left_as_it_is(home: Home) -> None:
    cell = {
        "cell_type": "code", "input": f"password = '{PASSWORD}'", "language": "python",
        "outputs": [], "metadata": {}, "collapsed": False,
    }  # fmt: skip
    document = {
        "nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""},
        "worksheets": [{"cells": [cell], "metadata": {}}],
    }  # fmt: skip
    path = home.work / "old.ipynb"
    path.write_text(json.dumps(document))
    answer = home("check", "old.ipynb", "--fix", "--yes")
    assert answer.code == 2
    assert "not in notebook format 4" in answer.err
    assert json.loads(path.read_text()) == document
