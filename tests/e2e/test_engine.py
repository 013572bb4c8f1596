"""The engine's own life: who starts it, what it outlives, when it leaves."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator

import httpx
import psutil
import pytest

from jupyter_deploy.client.api import PREFIX

from .conftest import Place, finish, is_alive, until

Make = Callable[..., Place]


def test_it_outlives_the_command_that_started_it(make_place: Make) -> None:
    place = make_place()
    command = place.start("engine", "start", "--json", start_new_session=True)
    code, out, _ = finish(command)
    assert code == 0
    pid = json.loads(out)["pid"]
    with pytest.raises(ProcessLookupError):  # closing its terminal reaches nobody
        os.killpg(command.pid, signal.SIGHUP)
    assert is_alive(pid)
    assert os.getsid(pid) == pid
    assert place.json("engine", "status")["pid"] == pid


class Server:
    """A Jupyter Server with the extension, over a place's work folder."""

    def __init__(self, place: Place) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        options = {
            "ServerApp.ip": "127.0.0.1",
            "ServerApp.port": port,
            "ServerApp.allow_root": True,
            "ServerApp.open_browser": False,
            "ServerApp.root_dir": place.work,
            "IdentityProvider.token": "secret",
            "ServerApp.jpserver_extensions": "{'jupyter_deploy': True}",
        }
        self.log = open(place.place / "server.log", "w+b")  # noqa: SIM115, as long as it runs
        self.process = subprocess.Popen(
            [sys.executable, "-m", "jupyter_server", *(f"--{k}={v}" for k, v in options.items())],
            cwd=place.work,
            env=place.environment,
            stdin=subprocess.DEVNULL,
            stdout=self.log,
            stderr=self.log,
            start_new_session=True,
        )
        self.http = httpx.Client(
            base_url=f"http://127.0.0.1:{port}{PREFIX}",
            headers={"Authorization": "token secret"},
            timeout=30,
        )
        until(self._answers)

    def _answers(self) -> bool:
        assert self.process.poll() is None
        try:
            return self.http.get("/health").status_code == 200
        except httpx.TransportError:
            return False

    def kill(self) -> None:
        """As a hub that culls: the whole process group at once."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self.http.close()
        self.log.close()


@pytest.fixture
def server(make_place: Make) -> Iterator[tuple[Place, Server]]:
    place = make_place()
    server = Server(place)
    yield place, server
    server.kill()


def test_it_outlives_the_jupyter_server(server: tuple[Place, Server]) -> None:
    place, jupyter = server
    assert jupyter.http.get("/health").json()["running"] is False
    place.notebook("night.ipynb", "import time\nprint('begun', flush=True)\ntime.sleep(2)", "1")
    deployed = jupyter.http.post("/deployments", json={"notebook": "night.ipynb"})
    assert (deployed.status_code, deployed.json()["name"]) == (201, "night")
    number = jupyter.http.post("/deployments/night/runs", json={}).json()["id"]
    pid = jupyter.http.get("/health").json()["pid"]
    place.until_printed(number, "begun")
    jupyter.kill()
    assert is_alive(pid)
    assert place.ended(number)["verdict"] == "succeeded"
    assert place.runtime_document()["pid"] == pid


def test_it_leaves_when_nothing_is_active(make_place: Make) -> None:
    place = make_place(quiet_seconds=1)
    place.start_engine()
    place.deploy("brief", "import time\nprint('begun', flush=True)\ntime.sleep(4)")
    number = place.run("brief")
    runtime = place.runtime_document()
    engine = psutil.Process(runtime["pid"])
    folder = place.data.resolve() / "deploy" / "runs" / str(number) / "1"
    until((folder / "output.ipynb").exists)  # looked at without asking the engine
    assert engine.is_running()  # a run is open: longer than the quiet time
    assert engine.wait(15) in (0, None)
    assert list(place.runtime.glob("jupyter-deploy-*.json")) == []
    assert place.json("engine", "status")["running"] is False
    assert place.json("runs")["runs"][0]["state"] == "succeeded"


def test_two_engines_for_one_data_directory(make_place: Make) -> None:
    place = make_place()
    pair = [place.start("engine", "run", "--json") for _ in range(2)]
    loser = until(lambda: next((p for p in pair if p.poll() is not None), None))
    winner = next(p for p in pair if p is not loser)
    code, out, _ = finish(loser)
    assert (code, json.loads(out)["error"]["type"]) == (2, "conflict")
    assert place.json("engine", "start")["pid"] == winner.pid
    assert winner.poll() is None
    assert place.json("engine", "stop")["running"] is False
    assert finish(winner)[0] == 0


def test_five_commands_at_once_start_one_engine(make_place: Make) -> None:
    place = make_place()
    words = ("list", "runs", "list", "runs", "list")
    commands = [place.start(word, "--json") for word in words]
    answers = [finish(command) for command in commands]
    assert {code for code, _, _ in answers} == {0}, answers
    assert len(place.engines()) == 1


def test_a_stale_or_broken_runtime_file_is_no_engine(make_place: Make) -> None:
    place = make_place()
    place.start_engine()
    [path] = place.runtime.glob("jupyter-deploy-*.json")
    place.kill_engine()
    for text in ('{"pid": 1, "url": "http://127.0.0.1:9", "token": "x"}', "[]", "{}", "null", ""):
        path.write_text(text)
        assert place.json("engine", "status")["running"] is False
    assert place.json("list") == {"deployments": []}


def test_the_token_is_needed_and_private(place: Place) -> None:
    [path] = place.runtime.glob("jupyter-deploy-*.json")
    assert path.stat().st_mode & 0o777 == 0o600
    url = place.runtime_document()["url"] + PREFIX
    assert httpx.get(f"{url}/runs").status_code == 403
    assert httpx.get(f"{url}/runs", headers={"Authorization": "token no"}).status_code == 403
