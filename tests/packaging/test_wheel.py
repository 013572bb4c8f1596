"""The wheel as a user gets it: built from the sdist, installed into an empty environment."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import pytest

pytestmark = pytest.mark.timeout(420)

ROOT = Path(__file__).parents[2]
LABEXTENSION = "share/jupyter/labextensions/jupyterlab-deploy/"
MAX_LABEXTENSION = 350_000


@dataclass(frozen=True)
class Built:
    sdist: Path
    wheel: Path

    def in_wheel(self) -> dict[str, int]:
        """Sizes by name."""
        with zipfile.ZipFile(self.wheel) as archive:
            return {info.filename: info.file_size for info in archive.infolist()}


@dataclass(frozen=True)
class Installed:
    """An environment with nothing but the wheel, JupyterLab and what they need."""

    bin: Path
    env: dict[str, str]

    def run(self, *command: str | Path, cwd: Path | None = None) -> str:
        """What the command prints, both streams."""
        done = subprocess.run(
            [self.bin / command[0], *command[1:]],
            env=self.env,
            cwd=cwd,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stdout
        return done.stdout

    def deploy(self, *arguments: str, cwd: Path | None = None) -> dict[str, Any]:
        """The document that `jupyter deploy … --json` prints."""
        done = subprocess.run(
            [self.bin / "jupyter", "deploy", *arguments, "--json"],
            env=self.env,
            cwd=cwd,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        document: dict[str, Any] = json.loads(done.stdout)
        return document


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    if not (ROOT / "jupyter_deploy/labextension/static/style.js").exists():
        pytest.skip("the lab extension is not built; `make test` builds it")
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, ROOT]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return Built(next(folder.glob("*.tar.gz")), next(folder.glob("*.whl")))


@pytest.fixture(scope="module")
def installed(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installed]:
    folder = tmp_path_factory.mktemp("empty")
    subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True, timeout=120)
    bin_folder = folder / "venv" / "bin"
    command = [bin_folder / "python", "-m", "pip", "install", "--quiet", built.wheel, "jupyterlab"]
    if sys.version_info >= (3, 11):
        command += ["-c", ROOT / "constraints.txt"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=400, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    keep = {name: value for name, value in os.environ.items() if not name.startswith("JUPYTER")}
    keep.pop("PYTHONPATH", None)
    home = folder / "home"
    home.mkdir()
    env = keep | {
        "HOME": str(home),
        "PATH": f"{bin_folder}{os.pathsep}{os.environ['PATH']}",
        "JUPYTER_DATA_DIR": str(folder / "data"),
        "JUPYTER_CONFIG_DIR": str(folder / "config"),
    }
    installed = Installed(bin_folder, env)
    yield installed
    installed.run("jupyter", "deploy", "engine", "stop")


def test_the_sdist_holds_what_a_build_without_node_needs(built: Built) -> None:
    with tarfile.open(built.sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert "jupyter_deploy/labextension/static/style.js" in names
    assert {"README.md", "LICENSE", "package.json", "yarn.lock", "src/index.ts"} <= names
    assert not [name for name in names if name.startswith(("node_modules", ".venv", "tests"))]
    assert built.sdist.stat().st_size < 2_000_000


def test_the_wheel_holds_the_three_parts_once(built: Built) -> None:
    names = built.in_wheel()
    assert f"{LABEXTENSION}package.json" in {_inside(name) for name in names}
    assert "etc/jupyter/jupyter_server_config.d/jupyter_deploy.json" in map(_inside, names)
    assert "jupyter_deploy/server/openapi.yaml" in names
    assert "jupyter_deploy/store/migrations/env.py" in names
    assert "jupyter_deploy/project/deployment.schema.json" in names
    assert not [name for name in names if name.startswith("jupyter_deploy/labextension")]
    assert not [name for name in names if name.startswith("jupyter_deploy/testing")]


def test_the_lab_extension_is_small(built: Built) -> None:
    sizes = {name: size for name, size in built.in_wheel().items() if LABEXTENSION in name}
    assert not [name for name in sizes if name.endswith(".map")]
    assert 0 < sum(sizes.values()) <= MAX_LABEXTENSION, sizes


def _inside(name: str) -> str:
    """Where a file of shared data ends up below the environment."""
    return name.partition(".data/data/")[2] or name


def test_jupyter_finds_both_extensions(installed: Installed) -> None:
    server = installed.run("jupyter", "server", "extension", "list")
    assert "jupyter_deploy" in server
    lab = installed.run("jupyter", "labextension", "list")
    line = next(line for line in lab.splitlines() if "jupyterlab-deploy" in line)
    assert "enabled" in line
    assert "OK" in line


def test_importing_the_package_loads_the_standard_library_only(installed: Installed) -> None:
    code = (
        "import sys; before = set(sys.modules); import jupyter_deploy; "
        "print(*{name.partition('.')[0] for name in set(sys.modules) - before})"
    )
    loaded = set(installed.run("python", "-c", code).split()) - {"jupyter_deploy"}
    assert loaded <= sys.stdlib_module_names
    assert len(loaded) <= 10, loaded  # each takes a part of the 10 ms


def test_the_command_line_helps(installed: Installed) -> None:
    text = installed.run("jupyter", "deploy", "--help")
    assert "notebook" in text
    assert "doctor" in text


def test_a_notebook_is_deployed_and_run(installed: Installed, tmp_path: Path) -> None:
    cells = [
        nbformat.v4.new_code_cell("who = 'nobody'", metadata={"tags": ["parameters"]}),
        nbformat.v4.new_code_cell("print('hello', who)"),
    ]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), tmp_path / "hello.ipynb")
    document = installed.deploy(
        "notebook", "hello.ipynb", "-p", "who=wheel", "--run", "--wait", cwd=tmp_path
    )
    assert document["run"]["state"] == "succeeded"
    output = tmp_path / "output.ipynb"
    installed.run("jupyter", "deploy", "output", str(document["run"]["id"]), "-o", output)
    assert "hello wheel" in output.read_text()
