"""A real engine in folders of its own, driven through the command line."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import psutil
import pytest
from nbformat import NotebookNode

import jupyter_deploy

# Shells let what they start in the background ignore Ctrl-C, and our commands would inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)

PACKAGE = Path(jupyter_deploy.__file__).parents[1]
COMMAND = [sys.executable, "-m", "jupyter_deploy"]


@dataclass(frozen=True)
class Answer:
    """What a command said."""

    code: int
    out: str
    err: str

    def json(self) -> Any:
        """The one JSON document on standard output."""
        return json.loads(self.out)


class Home:
    """Jupyter's folders below one place, and the commands in them."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.work = place / "work"
        self.data = place / "data"
        self.runtime = place / "runtime"
        self.config = place / "config"
        for folder in (self.work, self.data, self.runtime, self.config):
            folder.mkdir(parents=True)
        # Most tests are about runs that go wrong.
        self.configure("c.Deploy.preflight = 'none'\nc.Deploy.environment = 'live'\n")

    def configure(self, text: str) -> None:
        """Write the configuration, in place of what it was."""
        (self.config / "jupyter_deploy_config.py").write_text(text, encoding="utf-8")

    @property
    def environment(self) -> dict[str, str]:
        inherited = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "FORCE_COLOR")}
        return {
            **inherited,
            "JUPYTER_DATA_DIR": str(self.data),
            "JUPYTER_RUNTIME_DIR": str(self.runtime),
            "JUPYTER_CONFIG_DIR": str(self.config),
            "PYTHONPATH": str(PACKAGE),
            "PYTHONIOENCODING": "utf-8",
        }

    def start(self, *arguments: object, **options: Any) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [*COMMAND, *map(str, arguments)],
            cwd=self.work,
            env={**self.environment, **options.pop("env", {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            **options,
        )

    def __call__(self, *arguments: object, env: dict[str, str] | None = None) -> Answer:
        process = self.start(*arguments, env=env or {})
        out, err = process.communicate(timeout=120)
        assert "Traceback (most recent call last)" not in err
        return Answer(process.returncode, out, err)

    def json(self, *arguments: object, code: int = 0) -> Any:
        """The document of a command, whose exit code must be this one."""
        answer = self(*arguments, "--json")
        assert answer.code == code, (answer.out, answer.err)
        return answer.json()

    def error(self, *arguments: object, code: int = 2) -> Any:
        document = self.json(*arguments, code=code)
        assert list(document) == ["error"]
        assert list(document["error"]) == ["type", "message", "field", "hint"]
        return document["error"]

    def notebook(
        self, name: str, *cells: str | NotebookNode, parameters: str | None = None
    ) -> Path:
        """Write a notebook; its parameters cell is the first one."""
        spec = {"name": "python3", "display_name": "Python 3", "language": "python"}
        document = nbformat.v4.new_notebook(metadata={"kernelspec": spec})
        if parameters is not None:
            cell = nbformat.v4.new_code_cell(parameters, metadata={"tags": ["parameters"]})
            document.cells.append(cell)
        document.cells += [
            nbformat.v4.new_code_cell(cell) if isinstance(cell, str) else cell for cell in cells
        ]
        path = self.work / name
        path.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(document, path)
        return path

    def close(self) -> None:
        """End what was started here: all processes that have this data directory."""
        own = [process for process in psutil.process_iter() if self._is_own(process)]
        for process in own:
            try:
                process.terminate()
            except psutil.NoSuchProcess:
                continue
        _gone, alive = psutil.wait_procs(own, timeout=10)
        for process in alive:
            with suppress(psutil.NoSuchProcess):
                process.kill()

    def _is_own(self, process: psutil.Process) -> bool:
        try:
            return process.environ().get("JUPYTER_DATA_DIR") == str(self.data)
        except psutil.Error:
            return False


@pytest.fixture
def deploy_home(tmp_path: Path) -> Iterator[Home]:
    """A home of the test's own."""
    home = Home(tmp_path / "home")
    yield home
    home.close()


@pytest.fixture(scope="session")
def shared_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """One engine for the tests that only add to it."""
    home = Home(tmp_path_factory.mktemp("shared") / "home")
    yield home
    home.close()


@pytest.fixture(scope="session")
def deployed(shared_home: Home) -> Home:
    """Three deployments: `good` ran well (run 1), `bad` failed (run 2), `slow` waits to be run."""
    home = shared_home
    home.notebook(
        "good.ipynb",
        "print('printed', n, region)\nopen('side.csv', 'w').write('a,b\\n')",
        "{'answer': n}",
        parameters="n = 3  # type: int  how many\nregion = 'eu'\nratio = 0.5\nflag = False",
    )
    home.notebook("bad.ipynb", "1 + 1", "1 / 0", "'never'")
    home.notebook(
        "slow.ipynb",
        "import time\nprint('begun', flush=True)\ntime.sleep(60)",
        "print('after')",
    )
    cron = ("--cron", "0 6 * * mon-fri", "--timezone", "Europe/Berlin")
    good = home.json("notebook", "good.ipynb", *cron, "--files", "bad.ipynb", "--run", "--wait")
    assert good["run"]["id"] == 1
    bad = home.json("notebook", "bad.ipynb", "--run", "--wait", code=1)
    assert bad["run"]["id"] == 2
    home.json("notebook", "slow.ipynb")
    return home
