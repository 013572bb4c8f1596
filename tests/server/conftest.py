"""The real extension in a Jupyter Server, and one real engine for all tests of this folder."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from jupyter_server.serverapp import ServerApp
from pytest_jupyter.jupyter_server import *  # noqa: F403
from traitlets.config import Config

from jupyter_deploy.client.api import PREFIX
from jupyter_deploy.client.launch import Endpoint, ensure_engine, stop_engine
from jupyter_deploy.config import Settings, load_settings

from .contract import Api

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def deploy_dirs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Jupyter's folders of the engine that the tests share."""
    place = tmp_path_factory.mktemp("deploy")
    names = ("DATA", "RUNTIME", "CONFIG")
    found = {f"JUPYTER_{name}_DIR": str(place / name.lower()) for name in names}
    for folder in found.values():
        Path(folder).mkdir()
    config = Path(found["JUPYTER_CONFIG_DIR"], "jupyter_deploy_config.py")
    config.write_text(
        "c.Deploy.preflight = 'none'\nc.Deploy.environment = 'live'\n", encoding="utf-8"
    )
    return found


@pytest.fixture(scope="session")
def deploy_settings(deploy_dirs: dict[str, str]) -> Settings:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in deploy_dirs.items():
            patch.setenv(name, value)
        return load_settings()


@pytest.fixture(scope="session")
def endpoint(deploy_settings: Settings, deploy_dirs: dict[str, str]) -> Iterator[Endpoint]:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in deploy_dirs.items():
            patch.setenv(name, value)
        found = ensure_engine(deploy_settings)
    yield found
    stop_engine(deploy_settings)
    assert "Traceback" not in deploy_settings.log_file.read_text(encoding="utf-8")


@pytest.fixture
def engine(endpoint: Endpoint) -> Api:
    """The engine's own API."""
    return Api(endpoint.url + PREFIX, {"Authorization": f"token {endpoint.token}"})


@pytest.fixture
def jp_data_dir(deploy_dirs: dict[str, str]) -> Path:
    return Path(deploy_dirs["JUPYTER_DATA_DIR"])


@pytest.fixture
def jp_runtime_dir(deploy_dirs: dict[str, str]) -> Path:
    return Path(deploy_dirs["JUPYTER_RUNTIME_DIR"])


@pytest.fixture
def jp_config_dir(deploy_dirs: dict[str, str]) -> Path:
    return Path(deploy_dirs["JUPYTER_CONFIG_DIR"])


@pytest.fixture
def jp_nbconvert_templates() -> None:
    """Rendering happens in the engine, which finds the templates that are installed."""


@pytest.fixture
def jp_server_config() -> Config:
    return Config({"ServerApp": {"jpserver_extensions": {"jupyter_deploy": True}}})


@pytest.fixture
def extension(
    endpoint: Endpoint,
    jp_serverapp: ServerApp,
    http_server_client: Any,
    jp_auth_header: dict[str, str],
    jp_base_url: str,
) -> Api:
    """The extension's API, with the shared engine behind it."""
    return Api(http_server_client.get_url(jp_base_url.rstrip("/") + PREFIX), jp_auth_header)


def notebook_text(*cells: str, parameters: str | None = None, kernel: str = "python3") -> str:
    spec = {"name": kernel, "display_name": kernel, "language": "python"}
    document = nbformat.v4.new_notebook(metadata={"kernelspec": spec})
    if parameters is not None:
        cell = nbformat.v4.new_code_cell(parameters, metadata={"tags": ["parameters"]}, id="first")
        document.cells.append(cell)
    document.cells += [
        nbformat.v4.new_code_cell(source, id=f"cell-{number}")
        for number, source in enumerate(cells)
    ]
    return json.dumps(document)


@pytest.fixture
def write(jp_root_dir: Path) -> Callable[..., str]:
    """Writes a notebook below the server's root; gives its path there."""

    def make(name: str, *cells: str, **options: Any) -> str:
        place = jp_root_dir / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(notebook_text(*cells, **options), encoding="utf-8")
        return name

    return make


@pytest.fixture
def name() -> str:
    """A deployment's name that no other test uses."""
    return f"deployment-{next(_numbers)}"
