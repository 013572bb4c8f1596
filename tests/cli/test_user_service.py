"""The engine as a service: the definition, and the commands that switch it."""

from __future__ import annotations

import plistlib
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from jupyter_deploy.client.user_service import user_service
from jupyter_deploy.config import load_settings
from jupyter_deploy.errors import InvalidInput

from .conftest import Home

ANALYZE = shutil.which("systemd-analyze")


@pytest.fixture
def manager(deploy_home: Home) -> Iterator[dict[str, str]]:
    """The environment with a `systemctl` that writes down what it is asked."""
    folder = deploy_home.place / "bin"
    folder.mkdir()
    program = folder / "systemctl"
    program.write_text(f'#!/bin/sh\necho "$@" >> {deploy_home.place}/asked\nexit ${{STATUS:-0}}\n')
    program.chmod(0o700)
    path = f"{folder}:/usr/bin:/bin"
    yield {"PATH": path, "XDG_CONFIG_HOME": str(deploy_home.place / "xdg")}


def unit(deploy_home: Home) -> Path:
    [path] = (deploy_home.place / "xdg" / "systemd" / "user").glob("*.service")
    return path


def test_installing_writes_the_unit_and_switches_it_on(
    deploy_home: Home, manager: dict[str, str]
) -> None:
    answer = deploy_home("engine", "install", "--json", env=manager)
    assert answer.code == 0, answer.err
    path = unit(deploy_home)
    assert answer.json() == {"path": str(path), "installed": True}
    text = path.read_text()
    assert f'ExecStart="{sys.executable}" "-m" "jupyter_deploy" "engine" "run" "--stay"' in text
    assert f'Environment="JUPYTER_DATA_DIR={deploy_home.data}"' in text
    assert "KillMode=process" in text
    asked = (deploy_home.place / "asked").read_text().splitlines()
    assert asked == ["--user daemon-reload", f"--user enable --now {path.name}"]


@pytest.mark.skipif(ANALYZE is None, reason="this system has no systemd to read it")
def test_systemd_can_read_the_unit(deploy_home: Home, manager: dict[str, str]) -> None:
    assert deploy_home("engine", "install", env=manager).code == 0
    done = subprocess.run(
        [ANALYZE, "--user", "verify", unit(deploy_home)],
        capture_output=True,
        text=True,
        check=False,
    )
    said = [line for line in done.stderr.splitlines() if unit(deploy_home).name in line]
    assert said == [], done.stderr


def test_uninstalling_takes_it_away(deploy_home: Home, manager: dict[str, str]) -> None:
    deploy_home("engine", "install", env=manager)
    name = unit(deploy_home).name
    assert deploy_home("engine", "uninstall", env=manager).out.strip() == "The service is gone."
    assert not list((deploy_home.place / "xdg").glob("**/*.service"))
    assert (deploy_home.place / "asked").read_text().splitlines()[
        -1
    ] == f"--user disable --now {name}"
    assert deploy_home("engine", "uninstall", env=manager).out.strip() == "There was no service."


def test_a_manager_that_refuses_is_quoted(deploy_home: Home, manager: dict[str, str]) -> None:
    answer = deploy_home("engine", "install", "--json", env={**manager, "STATUS": "1"})
    assert answer.code == 3
    error = answer.json()["error"]
    assert "but not switched on" in error["message"]
    assert "systemctl --user daemon-reload" in error["hint"]


def test_an_engine_that_stays_says_so(deploy_home: Home) -> None:
    process = deploy_home.start("engine", "run", "--stay")
    while not list(deploy_home.runtime.glob("jupyter-deploy-*.json")):
        assert process.poll() is None
        time.sleep(0.05)
    status = deploy_home.json("list") and deploy_home.json("engine", "status")
    assert status["keeps_alive"] == ["it was started to stay"]
    deploy_home.json("engine", "stop")
    assert process.wait(20) == 0


def test_launchd_reads_the_same(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    service = user_service(load_settings(), "darwin")
    document = plistlib.loads(service.content)
    assert service.path.parent == tmp_path / "Library" / "LaunchAgents"
    assert document["ProgramArguments"][-3:] == ["engine", "run", "--stay"]
    assert document["KeepAlive"] == {"SuccessfulExit": False}


def test_elsewhere_it_is_said_what_to_do() -> None:
    with pytest.raises(InvalidInput, match="Services are not known for win32") as caught:
        user_service(load_settings(), "win32")
    assert caught.value.hint
