"""Checks of an installation, each with what to do about what it finds."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from jupyter_client.kernelspec import KernelSpecManager
from jupyter_core.paths import jupyter_config_path, jupyter_path

from jupyter_deploy import __version__
from jupyter_deploy.cli.check import Check, data_place, read_json
from jupyter_deploy.cli.leftovers import leftovers
from jupyter_deploy.cli.machine import clock, locks, versions
from jupyter_deploy.cli.render import size
from jupyter_deploy.client.api import EngineClient
from jupyter_deploy.client.launch import find_engine
from jupyter_deploy.config import Settings
from jupyter_deploy.domain.caps import amount
from jupyter_deploy.errors import DeployError
from jupyter_deploy.executors.machine import LocalMachine
from jupyter_deploy.kernels.specs import find_kernel
from jupyter_deploy.store.copies import Copies, quick_check
from jupyter_deploy.store.places import check_place

#: Bytes of free disk below which runs are in danger, and below which they cannot go on.
LOW_DISK = 1_000_000_000
NO_DISK = 50_000_000
REINSTALL = "pip install --force-reinstall jupyterlab-deploy"
LAB_NAME = "jupyterlab-deploy"


def data_directory(settings: Settings) -> Check:
    place, name = data_place(settings), "data directory"
    if not place.is_dir() or not os.access(place, os.W_OK | os.X_OK):
        fix = "Make it a folder that is yours, or set JUPYTER_DATA_DIR."
        return Check(name, "fail", f"{place} cannot be written.", fix)
    try:
        for locked in settings.places:
            check_place(locked)
    except DeployError as error:
        return Check(name, "fail", error.message, error.hint)
    return Check(name, "ok", str(settings.data_dir))


def disk(settings: Settings) -> Check:
    machine, least = LocalMachine((data_place(settings),)), settings.watermarks.disk
    free = machine.free_disk()
    if free < least:
        message = f"{amount(free)} free; no run is started below {amount(least)}."
        return Check("disk", "fail", message, "Free some space, or lower c.Deploy.min_free_disk.")
    state = "fail" if free < NO_DISK else "warn" if free < LOW_DISK else "ok"
    return Check("disk", state, f"{size(free)} free", None if state == "ok" else "Free some space.")


def memory(settings: Settings) -> Check:
    free, least = LocalMachine(()).free_memory(), settings.watermarks.memory
    if free < least:
        message = f"{amount(free)} available; no run is started below {amount(least)}."
        fix = "End what needs it, or lower c.Deploy.min_free_memory."
        return Check("memory", "fail", message, fix)
    return Check("memory", "ok", f"{size(free)} available")


def engine(settings: Settings) -> Check:
    found = find_engine(settings)
    if found is None:
        return Check("engine", "ok", "not running; it starts when needed")
    client = EngineClient(found.url, found.token)
    try:
        status = client.health()
    except DeployError as error:
        fix = f"End process {found.pid}; its log is {settings.log_file}."
        return Check("engine", "fail", error.message, fix)
    finally:
        client.close()
    if status["version"] != __version__:
        message = f"Version {status['version']} runs, {__version__} is installed."
        return Check("engine", "warn", message, "jupyter deploy engine stop")
    if status["holding"]:
        return Check("engine", "warn", status["holding"], "Free some, or lower the setting.")
    return Check("engine", "ok", f"running, process {found.pid}")


def database(settings: Settings) -> Check:
    path = settings.database_file
    if path is None:
        return _database_server(settings)
    if not path.exists():
        return Check("database", "ok", "none yet; the first deployment makes it")
    try:
        said = quick_check(path)
    except sqlite3.OperationalError as error:
        if "locked" not in str(error):
            return Check("database", "fail", f"It cannot be read: {error}.", "See the disk.")
        said = "ok"  # another program holds it
    if said != "ok":
        fix = "jupyter deploy engine stop, then start: the newest copy takes its place."
        return Check("database", "fail", f"It is damaged: {said}.", fix)
    aside = sorted(path.parent.glob(f"{path.name}.damaged-*Z"))
    if aside:
        fix = f"Look whether something is missing, then remove {aside[-1]}."
        return Check("database", "warn", "It was damaged and replaced by a copy.", fix)
    return Check("database", "ok", f"sound, {_copies(settings, path)}")


def _copies(settings: Settings, path: Path) -> str:
    count = len(Copies(path, settings.copies_dir).newest_first())
    return f"{count} cop{'y' if count == 1 else 'ies'}"


def _database_server(settings: Settings) -> Check:
    from jupyter_deploy.store.database import held_revision, newest_revision

    try:
        held = held_revision(settings.database_url)
    except DeployError as error:
        fix = "See that the server runs and c.Deploy.database_url is right."
        return Check("database", "fail", error.message, fix)
    if held is None:
        return Check("database", "ok", "reached; the first start of the engine makes its tables")
    if held > newest_revision():
        message = "It was written by a newer version of jupyterlab-deploy."
        return Check("database", "fail", message, "pip install --upgrade jupyterlab-deploy")
    return Check("database", "ok", f"reached at {settings.shown_database}")


def kernels(_settings: Settings) -> Check:
    names = sorted(KernelSpecManager().find_kernel_specs())
    if not names:
        return Check("kernels", "fail", "No kernel is installed.", "pip install ipykernel")
    dead = [name for name in names if not _starts(name)]
    if dead:
        message = f"The program of {', '.join(dead)} is missing."
        fix = f"jupyter kernelspec remove {dead[0]}, or install it again."
        return Check("kernels", "fail" if dead == names else "warn", message, fix)
    return Check("kernels", "ok", ", ".join(names))


def _starts(name: str) -> bool:
    try:
        kernel, _findings = find_kernel(name, None)
    except DeployError:
        return False
    return kernel.interpreter is None or shutil.which(kernel.interpreter) is not None


def server_extension(_settings: Settings) -> Check:
    name = "server extension"
    enabled = None
    for section in _configured("jupyter_server_config"):
        extensions = section.get("ServerApp", {}).get("jpserver_extensions", {})
        enabled = extensions.get("jupyter_deploy", enabled)
    if enabled is None:
        return Check(name, "warn", "Jupyter Server does not know it.", REINSTALL)
    if not enabled:
        message, fix = "It is switched off.", "jupyter server extension enable jupyter_deploy"
        return Check(name, "warn", message, fix)
    return Check(name, "ok", "enabled")


def lab_extension(_settings: Settings) -> Check:
    name = "lab extension"
    if importlib.util.find_spec("jupyterlab") is None:
        fix = "pip install jupyterlab (the command line works without it)"
        return Check(name, "warn", "JupyterLab is not installed here.", fix)
    folders = [Path(folder) / LAB_NAME for folder in jupyter_path("labextensions")]
    found = [folder for folder in folders if (folder / "package.json").exists()]
    if not found:
        return Check(name, "warn", "JupyterLab's panel is not installed.", REINSTALL)
    if any(section.get("disabledExtensions", {}).get(LAB_NAME) for section in _lab_pages()):
        message, fix = "It is switched off.", f"jupyter labextension enable {LAB_NAME}"
        return Check(name, "warn", message, fix)
    return Check(name, "ok", str(found[0]))


def _lab_pages() -> Iterator[dict[str, Any]]:
    for folder in jupyter_config_path():
        yield from read_json(Path(folder) / "labconfig" / "page_config.json")


def _configured(section: str) -> Iterator[dict[str, Any]]:
    """Jupyter's JSON configuration, the weakest first."""
    for folder in map(Path, reversed(jupyter_config_path())):
        for path in sorted((folder / f"{section}.d").glob("*.json")):
            yield from read_json(path)
        yield from read_json(folder / f"{section}.json")


CHECKS: tuple[Callable[[Settings], Check], ...] = (
    data_directory,
    disk,
    memory,
    locks,
    clock,
    versions,
    engine,
    database,
    leftovers,
    kernels,
    server_extension,
    lab_extension,
)
