"""Real engines, runners and kernels, each in a home of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import psutil
import pytest
from cli.conftest import Home
from nbformat import NotebookNode

from jupyter_deploy.capture.bundle import Captured, capture
from jupyter_deploy.client.api import EngineClient

Document = dict[str, Any]
T = TypeVar("T")

#: Seconds that anything may take on a busy machine.
PATIENCE = 60.0
ENDED = ("succeeded", "failed", "cancelled", "skipped", "missed")


def until(look: Callable[[], T], seconds: float = PATIENCE, pause: float = 0.1) -> T:
    """What `look` finds, as soon as it finds something."""
    end = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < end, f"not within {seconds:g} s"
        time.sleep(pause)
    return found


def processes_with(name: str, value: str) -> list[psutil.Process]:
    """Live processes that have this in their environment."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.environ().get(name) == value and process.status() != "zombie":
                found.append(process)
    return found


class Place(Home):
    """A home with a client of its engine."""

    def __init__(self, place: Path, **settings: int | str) -> None:
        super().__init__(place)
        said = {"preflight": "none", "environment": "live", **settings}
        self.configure("".join(f"c.Deploy.{name} = {value!r}\n" for name, value in said.items()))
        self._client: EngineClient | None = None

    def start_engine(self) -> int:
        """Its process id."""
        pid: int = self.json("engine", "start")["pid"]
        self.disconnect()
        return pid

    def json_with(self, environment: dict[str, str], *arguments: object) -> Document:
        """The document of a command that has more variables."""
        answer = self(*arguments, "--json", env=environment)
        assert answer.code == 0, answer.err
        self.disconnect()
        document: Document = answer.json()
        return document

    def kill_engine(self) -> None:
        process = psutil.Process(self.runtime_document()["pid"])
        process.send_signal(signal.SIGKILL)
        process.wait(10)
        self.disconnect()

    def runtime_document(self) -> Document:
        [path] = self.runtime.glob("jupyter-deploy-*.json")
        document: Document = json.loads(path.read_text())
        return document

    @property
    def client(self) -> EngineClient:
        if self._client is None:
            document = self.runtime_document()
            self._client = EngineClient(document["url"], document["token"])
        return self._client

    def disconnect(self) -> None:
        if self._client is not None:
            self._client.close()
            self._client = None

    def capture(self, name: str, *cells: str | NotebookNode, **options: Any) -> Captured:
        path = self.notebook(f"{name}.ipynb", *cells, parameters=options.pop("parameters", None))
        return capture(path, limit=self.work, **options)

    def deploy(self, name: str, *cells: str | NotebookNode, **options: Any) -> Document:
        how = {key: options.pop(key, None) for key in ("schedule", "policies")}
        captured = self.capture(name, *cells, **options)
        return self.client.deploy(captured, name=name, parameters={}, **how)[0]

    def run(self, name: str, **parameters: Any) -> int:
        number: int = self.client.start_run(name, parameters)["id"]
        return number

    def ended(self, number: int, seconds: float = PATIENCE) -> Document:
        """The run, once it has ended."""

        def look() -> Document | None:
            run = self.client.run(number)
            return run if run["state"] in ENDED else None

        found = until(look, seconds)
        assert found is not None
        return found

    def entries(self, number: int, kind: str) -> list[Document]:
        return [e for e in self.client.ledger(number)["entries"] if e["kind"] == kind]

    def printed(self, number: int) -> str:
        """What its cells have written so far."""
        outputs = [entry["output"] for entry in self.entries(number, "output")]
        return "".join(output.get("text", "") for output in outputs)

    def until_printed(self, number: int, words: str) -> None:
        until(lambda: words in self.printed(number))

    def attempt(self, number: int, count: int = 1) -> Path:
        """The folder of the newest attempt, of which there are this many."""
        folders = list((self.data.resolve() / "deploy" / "runs" / str(number)).iterdir())
        assert len(folders) == count
        return max(folders, key=lambda folder: int(folder.name))

    def guard(self, number: int, attempts: int = 1) -> psutil.Process:
        return psutil.Process(int((self.attempt(number, attempts) / "pid").read_text()))

    def runner(self, number: int, attempts: int = 1) -> psutil.Process:
        [runner] = self.guard(number, attempts).children()
        return runner

    def processes_of(self, number: int, attempts: int = 1) -> list[psutil.Process]:
        """Those of the newest attempt."""
        folder = self.attempt(number, attempts)
        return processes_with("JUPYTER_DEPLOY_ATTEMPT", str(folder))

    def engines(self) -> list[int]:
        own = processes_with("JUPYTER_DATA_DIR", str(self.data))
        found = []
        for process in own:
            with suppress(psutil.Error):
                if process.cmdline()[-2:] == ["engine", "run"]:
                    found.append(process.pid)
        return found

    def close(self) -> None:
        self.disconnect()
        super().close()


@pytest.fixture
def make_place(tmp_path: Path) -> Iterator[Callable[..., Place]]:
    """Homes with these settings, each on a path with a space."""
    made: list[Place] = []

    def make(**settings: int | str) -> Place:
        made.append(Place(tmp_path / f"home {len(made)}", **settings))
        return made[-1]

    yield make
    for place in made:
        place.close()


@pytest.fixture
def place(make_place: Callable[..., Place]) -> Place:
    """A home whose engine runs."""
    place = make_place()
    place.start_engine()
    return place


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """One engine with three slots for the tests that only add to it."""
    place = Place(tmp_path_factory.mktemp("e2e") / "a home", max_running=3)
    place.start_engine()
    yield place
    place.close()


@dataclass(frozen=True)
class Scheduled:
    """A place, the first due times, and a run of `busy` that does not end by itself."""

    place: Place
    engine: psutil.Process
    due: dict[str, datetime]
    blocking: int


@pytest.fixture(scope="session")
def scheduled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scheduled]:
    place = Place(tmp_path_factory.mktemp("scheduled") / "home", quiet_seconds=4, max_running=3)
    captured = place.capture("busy", "import time\ntime.sleep(600)")  # before the quiet time runs
    engine = psutil.Process(place.start_engine())
    every_minute = {"cron": "* * * * *", "timezone": "Europe/Berlin"}
    place.client.deploy(captured, name="busy", parameters={}, schedule=None)
    blocking = place.run("busy")
    due = {}
    for name, cell in (("prompt", "print('fired')"), ("busy", "import time\ntime.sleep(600)")):
        deployed = place.deploy(name, cell, schedule=every_minute)
        due[name] = datetime.fromisoformat(deployed["next_fires"][0])
    place.disconnect()  # nobody asks: only schedules and runs keep it
    yield Scheduled(place, engine, due, blocking)
    place.close()


def finish(process: subprocess.Popen[str], seconds: float = PATIENCE) -> tuple[int, str, str]:
    out, err = process.communicate(timeout=seconds)
    return process.returncode, out, err


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return psutil.Process(pid).status() != "zombie"
