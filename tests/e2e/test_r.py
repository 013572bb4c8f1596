"""R, as another language than Python: run, judged, and told what of it is not locked."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest

from .conftest import Place

PACKAGED = Path("/usr/lib/R/site-library/IRkernel/kernelspec")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A home with the kernelspec that IRkernel brings."""
    place = Place(tmp_path_factory.mktemp("r") / "home")
    shutil.copytree(PACKAGED, place.data / "kernels" / "ir")
    place.start_engine()
    yield place
    place.close()


def write(place: Place, name: str, *cells: str, parameters: str | None = None) -> str:
    path = place.notebook(f"{name}.ipynb", *cells, parameters=parameters)
    document = nbformat.read(path, as_version=4)
    document.metadata.kernelspec = {"name": "ir", "display_name": "R", "language": "R"}
    nbformat.write(document, path)
    return path.name


def test_a_notebook_runs_with_parameters(place: Place) -> None:
    notebook = write(
        place,
        "given",
        'cat(n + 1, region, is.null(none), flag, nchar(text), more$a[[2]], "\\n")',
        parameters='n <- 1\nregion <- "eu"\nnone <- 1\nflag <- FALSE\ntext <- ""\nmore <- list()',
    )
    place.json("notebook", notebook, "-p", "n=41")
    given = ['region=it\'s "né"', "none=null", "flag=true", 'more={"a": [1, 2]}', 'text="é€😀\\n"']
    arguments = [part for value in given for part in ("-p", value)]
    run = place.json("run", "given", *arguments, "--wait")
    assert (run["state"], run["verdict"]) == ("succeeded", "succeeded"), run["reason"]
    assert place.printed(run["id"]) == '42 it\'s "né" TRUE TRUE 4 2 \n'


def test_what_is_not_locked_is_said(place: Place) -> None:
    notebook = write(place, "told", "1")
    document = place.json("notebook", notebook)
    assert [item["cause"] for item in document["preflight"]["findings"]] == [
        "environment_not_locked"
    ]
    environment = document["environment"]
    assert (environment["digest"], environment["locked"]) == (None, False)
    argv = json.loads((PACKAGED / "kernel.json").read_text())["argv"]
    assert environment["kernelspec"] == {"argv": argv, "variables": []}
    assert place.json("show", "told", "--environment")["state"] == "not_recorded"
    said = place("show", "told", "--environment")
    assert said.code == 0
    assert "The packages of the kernel 'R' are neither recorded nor locked" in said.out
    assert "R --slave -e IRkernel::main()" in said.out
    answer = place("notebook", notebook, "--environment", "locked")
    assert answer.code == 2
    assert "What the kernel 'R' has cannot be locked." in answer.err


def test_an_error_names_its_cell(place: Place) -> None:
    notebook = write(place, "failing", 'cat("so far")', 'stop("no column price")', "1")
    run = place.json("notebook", notebook, "--wait", code=1)["run"]
    assert (run["state"], run["fault"], run["cell"]) == ("failed", "notebook", 1)
    assert "no column price" in run["reason"]
    assert place.printed(run["id"]) == "so far"


def test_a_kernelspec_that_is_gone_fails_the_run(place: Place) -> None:
    shutil.copytree(place.data / "kernels" / "ir", place.data / "kernels" / "other")
    place.json("notebook", write(place, "gone", "1"), "--kernel", "other")
    shutil.rmtree(place.data / "kernels" / "other")
    run = place.json("run", "gone", "--wait", code=1)
    assert (run["state"], run["fault"]) == ("failed", "infrastructure")
    assert "'other' is not installed here any more" in run["reason"]
    assert place.json("show", "gone", "--environment")["state"] == "kernel_gone"
