"""A data directory of its own with a real engine, for one measurement."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import nbformat
import psutil

from jupyter_deploy.client.api import EngineClient
from jupyter_deploy.client.launch import ensure_engine, find_engine, stop_engine
from jupyter_deploy.config import Settings, load_settings

T = TypeVar("T")


class Home:
    def __init__(self, folder: Path, settings: Settings) -> None:
        self.folder = folder
        self.settings = settings

    def start(self) -> EngineClient:
        """A client of the engine, which is started when none runs."""
        found = ensure_engine(self.settings)
        return EngineClient(found.url, found.token)

    @property
    def engine(self) -> psutil.Process:
        found = find_engine(self.settings)
        assert found is not None
        return psutil.Process(found.pid)

    def kill(self) -> None:
        process = self.engine
        process.send_signal(signal.SIGKILL)
        process.wait(10)

    def notebook(self, name: str, *sources: str) -> Path:
        path = self.folder / f"{name}.ipynb"
        nbformat.write(notebook(sources), path)
        return path


@contextmanager
def home(**settings: int | str) -> Iterator[Home]:
    """Also the working directory; its engine, if one runs, is stopped in the end."""
    with tempfile.TemporaryDirectory(prefix="bench", ignore_cleanup_errors=True) as name:
        folder = Path(name).resolve()
        before, place = dict(os.environ), Path.cwd()
        os.environ |= {
            "JUPYTER_DATA_DIR": str(folder / "data"),
            "JUPYTER_CONFIG_DIR": str(folder / "config"),
            "IPYTHONDIR": str(folder / "ipython"),
        }
        for variable in ("JUPYTER_RUNTIME_DIR", "PYTHONDONTWRITEBYTECODE"):
            os.environ.pop(variable, None)
        (folder / "config").mkdir()
        said = {"preflight": "none", "environment": "live", **settings}  # measured by themselves
        lines = [f"c.Deploy.{trait} = {value!r}\n" for trait, value in said.items()]
        (folder / "config" / "jupyter_deploy_config.py").write_text("".join(lines))
        os.chdir(folder)
        found = load_settings()
        try:
            yield Home(folder, found)
        finally:
            stop_engine(found)
            _end_what_runs(folder)
            os.chdir(place)
            os.environ.clear()
            os.environ.update(before)


def _end_what_runs(folder: Path) -> None:
    """Runs outlive their engine, but not the folder."""
    mine = {"JUPYTER_DATA_DIR": str(folder / "data")}
    for process in psutil.process_iter():
        try:
            if process.pid != os.getpid() and mine.items() <= process.environ().items():
                process.kill()
        except psutil.Error:
            continue


def notebook(sources: tuple[str, ...]) -> nbformat.NotebookNode:
    return nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(source) for source in sources],
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}},
    )


def until(look: Callable[[], T], seconds: float = 120, pause: float = 0.01) -> T:
    """What `look` finds, as soon as it finds something."""
    end = time.monotonic() + seconds
    while not (found := look()):
        if time.monotonic() > end:
            sys.exit(f"not within {seconds:g} s")
        time.sleep(pause)
    return found


def quietly(*command: str | Path) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))} failed:\n{done.stdout}{done.stderr}")


def timed(action: Callable[[], object]) -> float:
    """Seconds."""
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def percentile(values: list[float], share: float) -> float:
    """The smallest of the values that at least this share of them do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
