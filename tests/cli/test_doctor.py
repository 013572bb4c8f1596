"""Every check of the doctor, on an installation where it has something to say."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections import namedtuple
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from jupyter_deploy.cli import checks
from jupyter_deploy.cli.checks import Check
from jupyter_deploy.config import Settings, load_settings
from jupyter_deploy.domain.caps import MB, Watermarks

from .conftest import Home

Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    data_dir = tmp_path / "data" / "deploy"
    data_dir.mkdir(parents=True)
    return Settings(
        data_dir=data_dir,
        runtime_dir=tmp_path,
        database_url=f"sqlite:///{data_dir / 'deploy.db'}",
        max_running=2,
        quiet_seconds=60,
    )


@pytest.fixture
def jupyter_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder with Jupyter's configuration and data files."""
    folder = tmp_path / "jupyter"
    folder.mkdir()
    monkeypatch.setattr(checks, "jupyter_config_path", lambda: [str(folder)])
    monkeypatch.setattr(checks, "jupyter_path", lambda *parts: [str(folder.joinpath(*parts))])
    return folder


def write(path: Path, document: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(document if isinstance(document, str) else json.dumps(document))


def test_a_file_in_the_place_of_the_data_directory(settings: Settings) -> None:
    settings.data_dir.rmdir()
    settings.data_dir.touch()
    assert checks.data_directory(settings).state == "fail"


def test_a_data_directory_that_does_not_exist_yet(settings: Settings) -> None:
    shutil.rmtree(settings.data_dir.parent)
    assert checks.data_directory(settings).state == "ok"
    assert checks.disk(settings).name == "disk"


@pytest.mark.parametrize(
    ("free", "state"), [(10**12, "ok"), (500_000_000, "warn"), (1_000_000, "fail")]
)
def test_disk(settings: Settings, monkeypatch: pytest.MonkeyPatch, free: int, state: str) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _place: Usage(free, 0, free))
    assert checks.disk(settings).state == state


def test_disk_below_the_watermark(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    own = replace(settings, watermarks=Watermarks(disk=600 * MB))
    monkeypatch.setattr(shutil, "disk_usage", lambda _place: Usage(500 * MB, 0, 500 * MB))
    found = checks.disk(own)
    assert (found.state, found.message) == ("fail", "500 MB free; no run is started below 600 MB.")


def test_memory(settings: Settings) -> None:
    assert checks.memory(settings).state == "ok"
    found = checks.memory(replace(settings, watermarks=Watermarks(memory=10**15)))
    assert found.state == "fail"
    assert "c.Deploy.min_free_memory" in str(found.fix)


def test_database(settings: Settings) -> None:
    path = settings.data_dir / "deploy.db"
    assert checks.database(settings).message.startswith("none yet")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE t (a)")
        connection.executemany("INSERT INTO t VALUES (?)", [("x" * 500,)] * 200)
        connection.commit()
    assert checks.database(settings).state == "ok"
    content = bytearray(path.read_bytes())
    content[4096 : 4096 * 3] = b"\xff" * (4096 * 2)
    path.write_bytes(content)
    assert checks.database(settings).state == "fail"
    path.write_bytes(b"this is no database at all" * 100)
    assert checks.database(settings).state == "fail"


def test_leftovers(settings: Settings) -> None:
    assert checks.leftovers(settings).state == "ok"
    write(settings.runtime_file, {"data_dir": str(settings.data_dir), "pid": 1})
    write(settings.runtime_dir / "jupyter-deploy-odd.json", "{")
    found = checks.leftovers(settings)
    assert found.state == "warn"
    assert "jupyter-deploy-odd.json" in found.message
    assert settings.runtime_file.name in found.message


def kernels_in(monkeypatch: pytest.MonkeyPatch, **found: bool) -> Check:
    class Manager:
        def find_kernel_specs(self) -> dict[str, str]:
            return dict.fromkeys(found, "")

    monkeypatch.setattr(checks, "KernelSpecManager", Manager)
    monkeypatch.setattr(checks, "_starts", found.__getitem__)
    return checks.kernels(None)  # type: ignore[arg-type]


def test_kernels(monkeypatch: pytest.MonkeyPatch) -> None:
    assert kernels_in(monkeypatch).state == "fail"
    assert kernels_in(monkeypatch, python3=True).message == "python3"
    assert kernels_in(monkeypatch, python3=True, old=False).state == "warn"
    assert kernels_in(monkeypatch, old=False).state == "fail"


def test_a_kernel_whose_program_is_gone(deploy_home: Home) -> None:
    spec = {"argv": ["/none/python", "{connection_file}"], "display_name": "Gone", "language": "x"}
    write(deploy_home.data / "kernels" / "gone" / "kernel.json", spec)
    write(deploy_home.data / "kernels" / "odd" / "kernel.json", "{")
    [found] = [c for c in deploy_home.json("doctor")["checks"] if c["name"] == "kernels"]
    assert found["state"] == "warn"
    assert "gone, odd" in found["message"]


def test_server_extension(settings: Settings, jupyter_folder: Path) -> None:
    assert checks.server_extension(settings).state == "warn"
    enabled = {"ServerApp": {"jpserver_extensions": {"jupyter_deploy": True}}}
    write(jupyter_folder / "jupyter_server_config.d" / "jupyter_deploy.json", enabled)
    assert checks.server_extension(settings).state == "ok"
    disabled = {"ServerApp": {"jpserver_extensions": {"jupyter_deploy": False}}}
    write(jupyter_folder / "jupyter_server_config.json", disabled)
    found = checks.server_extension(settings)
    assert (found.state, found.fix) == ("warn", "jupyter server extension enable jupyter_deploy")


def test_lab_extension(settings: Settings, jupyter_folder: Path) -> None:
    assert checks.lab_extension(settings).state == "warn"
    write(jupyter_folder / "labextensions" / "jupyterlab-deploy" / "package.json", {})
    assert checks.lab_extension(settings).state == "ok"
    page = jupyter_folder / "labconfig" / "page_config.json"
    write(page, "not JSON")
    assert checks.lab_extension(settings).state == "ok"
    write(page, {"disabledExtensions": {"jupyterlab-deploy": True}})
    found = checks.lab_extension(settings)
    assert (found.state, found.fix) == ("warn", "jupyter labextension enable jupyterlab-deploy")


def test_an_engine_of_another_version(
    deploy_home: Home, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    deploy_home("engine", "start")
    for name, value in deploy_home.environment.items():
        monkeypatch.setenv(name, value)
    own = load_settings()
    assert checks.engine(own).state == "ok"
    monkeypatch.setattr(checks, "__version__", "99")
    assert checks.engine(own).fix == "jupyter deploy engine stop"
    assert checks.engine(settings).message.startswith("not running")
