"""A locked version prints what its author had, whatever became of the author."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from environments.conftest import uv, write_wheel
from environments.test_conda import conda_author, needs_conda
from environments.test_locking import write_project

from .conftest import Document, Place

SAY = """import lead, six, sys, shutil, os
print(lead.VERSION, six.__version__, os.environ['COLOR'])
print(sys.prefix == os.environ['VIRTUAL_ENV'], shutil.which('python') == sys.executable)"""


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    place = Place(tmp_path / "home")
    yield place
    place.close()


class Author:
    """An environment of an index, with a package of its own and a kernelspec."""

    def __init__(self, place: Place) -> None:
        self.folder = place.place / "author"
        self.python = self.folder / "bin" / "python"
        self.spec = place.data / "kernels" / "author"
        uv("venv", "--python", sys.executable, self.folder)
        self.source = write_project(place.place / "project")
        self.install("ipykernel", "six==1.16.0")
        self.install("--editable", self.source)
        (self.source / "lead.py").write_text("VERSION = 'edited'\n")
        self.spec.mkdir(parents=True)
        spec = {
            "argv": [str(self.python), "-m", "ipykernel_launcher", "-f", "{connection_file}"],
            "display_name": "Author",
            "language": "python",
            "env": {"COLOR": "red"},
        }
        (self.spec / "kernel.json").write_text(json.dumps(spec))

    def install(self, *what: object) -> None:
        uv("pip", "install", "--python", self.python, *what)

    def vanish(self) -> None:
        for folder in (self.folder, self.spec, self.source):
            shutil.rmtree(folder)


def show(place: Place, name: str) -> Document:
    document: Document = place.json("show", name)
    return document


@pytest.mark.timeout(600)
def test_a_version_keeps_its_environment(place: Place) -> None:
    author = Author(place)
    place.notebook("report.ipynb", SAY)
    environment = ("--kernel", "author", "--environment", "locked")
    document = place.json("notebook", "report.ipynb", *environment)
    assert document["environment"]["locked"] is True
    own = next(p for p in document["environment"]["packages"] if p["name"] == "lead")
    assert own["origin"]["kind"] == "editable"
    assert place.json("show", "report", "--environment")["state"] == "same"
    author.install("six==1.17.0")
    drift = place.json("show", "report", "--environment")
    assert (drift["locked"], drift["kernel"]) == (True, "author")
    assert drift["state"] == "differs"
    assert drift["differs"] == [{"package": "six", "live": "1.16.0", "kernel_now": "1.17.0"}]
    said = place("show", "report", "--environment").out
    assert "six" in said
    assert "its runs have the version's packages" in said
    (author.source / "lead.py").write_text("VERSION = 'edited later'\n")
    author.vanish()
    assert place.json("show", "report", "--environment")["state"] == "kernel_gone"
    place.kill_engine()
    run = place.json("run", "report", "--wait")
    assert run["state"] == "succeeded", run["reason"]
    assert place.printed(run["id"]) == "edited 1.16.0 red\nTrue True\n"
    made = environments(place)
    again = place.json("run", "report", "--wait")
    assert again["state"] == "succeeded", again["reason"]
    assert environments(place) == made


@needs_conda
@pytest.mark.timeout(600)
def test_an_environment_of_conda_is_kept_too(place: Place, tmp_path: Path) -> None:
    python = conda_author(tmp_path, tmp_path / "author")
    uv("pip", "install", "--python", python, "ipykernel", "six==1.16.0")
    spec = place.data / "kernels" / "conda"
    spec.mkdir(parents=True)
    argv = [str(python), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    kernel = {"argv": argv, "display_name": "Conda", "language": "python"}
    (spec / "kernel.json").write_text(json.dumps(kernel))
    ask = "import lead, six, os, sys\nprint(lead.VERSION, six.__version__)\n"
    place.notebook("report.ipynb", ask + "print(os.environ['CONDA_PREFIX'] == sys.prefix)")
    how = ("--kernel", "conda", "--environment", "locked")
    assert place.json("notebook", "report.ipynb", *how)["environment"]["locked"] is True
    shutil.rmtree(tmp_path / "author")
    shutil.rmtree(spec)
    run = place.json("run", "report", "--wait")
    assert run["state"] == "succeeded", run["reason"]
    assert place.printed(run["id"]) == "1.0 1.16.0\nTrue\n"


def environments(place: Place) -> list[tuple[str, int]]:
    folder = place.data / "deploy" / "environments"
    return [(path.name, path.stat().st_ctime_ns) for path in folder.iterdir() if path.is_dir()]


def test_what_cannot_be_locked_is_not_deployed(place: Place) -> None:
    place.notebook("report.ipynb", "1")
    spec = place.data / "kernels" / "author"
    spec.mkdir(parents=True)
    python = place.place / "author" / "bin" / "python"
    uv("venv", "--python", sys.executable, python.parents[1])
    wheel = write_wheel(place.place, "lead", "1.0")
    uv("pip", "install", "--python", python, wheel)
    wheel.unlink()
    kernel = {"argv": [str(python), "-c", "", "{connection_file}"], "display_name": "Author"}
    (spec / "kernel.json").write_text(json.dumps({**kernel, "language": "python"}))
    answer = place("notebook", "report.ipynb", "--kernel", "author", "--environment", "locked")
    assert answer.code == 2
    assert "The package lead was installed from" in answer.err
    assert "live" in answer.err
    assert place.json("list")["deployments"] == []


@pytest.mark.timeout(300)
def test_an_environment_that_cannot_be_built_fails_the_run(place: Place) -> None:
    place.notebook("report.ipynb", "1")
    (place.work / "pylock.toml").write_text('lock-version = "1.0"\npackages = 3\n')
    document = place.json("notebook", "report.ipynb", "--environment", "pylock.toml")
    assert document["environment"]["locked"] is True
    run = place.json("run", "report", "--wait", code=1)
    assert (run["state"], run["fault"]) == ("failed", "infrastructure")
    assert run["attempts"][0]["outcome"] == "environment not built"
    assert "cannot be built" in run["reason"]
    assert "pylock.toml" in run["reason"]
    assert not list((place.data / "deploy" / "environments").glob("*/"))


def test_a_kernel_of_another_language_is_not_locked(place: Place) -> None:
    place.notebook("report.ipynb", "echo 1")
    spec = place.data / "kernels" / "shell"
    spec.mkdir(parents=True)
    kernel = {"argv": ["sh", "{connection_file}"], "display_name": "Shell", "language": "bash"}
    (spec / "kernel.json").write_text(json.dumps(kernel))
    answer = place("notebook", "report.ipynb", "--kernel", "shell", "--environment", "locked")
    assert answer.code == 2
    assert "'Shell' has cannot be locked" in answer.err


@pytest.mark.timeout(600)
def test_what_a_cell_installs_is_of_its_run_alone(place: Place) -> None:
    author = Author(place)
    author.install("pip")
    wheel = write_wheel(place.place / "wheels", "extra", "1.0")
    pip = f"[sys.executable, '-m', 'pip', 'install', {str(wheel)!r}]"
    source = f"import subprocess, sys\nsubprocess.run({pip}, capture_output=True, check=True)"
    place.notebook("installs.ipynb", source, "import extra\nprint(extra.VERSION)")
    place.notebook("without.ipynb", "import extra")
    environment = ("--kernel", "author", "--environment", "locked", "--wait")
    run = place.json("notebook", "installs.ipynb", *environment)["run"]
    assert place.printed(run["id"]) == "1.0\n"
    other = place.json("notebook", "without.ipynb", *environment, code=1)["run"]
    assert "No module named 'extra'" in other["reason"]
