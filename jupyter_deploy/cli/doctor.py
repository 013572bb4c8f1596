"""Checks of an installation, each with what to do."""

from __future__ import annotations

import importlib.util
import os
import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import click
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_core.paths import jupyter_path
from rich.markup import escape

from jupyter_deploy import __version__
from jupyter_deploy.cli.common import as_json, print_json
from jupyter_deploy.cli.render import print_line, size
from jupyter_deploy.client.api import EngineClient
from jupyter_deploy.client.launch import find_engine
from jupyter_deploy.config import Settings, load_settings
from jupyter_deploy.errors import DeployError

#: Bytes of free disk below which runs are in danger.
LOW_DISK = 1_000_000_000


@dataclass(frozen=True)
class Check:
    """`state` is ok, warn or fail; `fix` what to do about the latter two."""

    name: str
    state: str
    message: str
    fix: str | None = None


def data_directory(settings: Settings) -> Check:
    folder = settings.data_dir
    place = next(parent for parent in (folder, *folder.parents) if parent.exists())
    if not os.access(place, os.W_OK):
        return Check("data directory", "fail", f"{place} cannot be written.",
                     "Make it writable, or set JUPYTER_DATA_DIR.")  # fmt: skip
    return Check("data directory", "ok", str(folder))


def disk(settings: Settings) -> Check:
    folder = settings.data_dir
    place = next(parent for parent in (folder, *folder.parents) if parent.exists())
    free = shutil.disk_usage(place).free
    state = "ok" if free > LOW_DISK else "warn"
    return Check(
        "disk",
        state,
        f"{size(free)} free",
        None if state == "ok" else "Free some space.",
    )


def engine(settings: Settings) -> Check:
    found = find_engine(settings)
    if found is None:
        if settings.runtime_file.exists():
            return Check("engine", "warn", "The last engine ended without cleaning up.",
                         "Nothing to do: the next start takes over.")  # fmt: skip
        return Check("engine", "ok", "not running; it starts when needed")
    try:
        version = EngineClient(found.url, found.token).health()["version"]
    except DeployError as error:
        return Check("engine", "fail", error.message, f"End process {found.pid}.")
    if version != __version__:
        return Check("engine", "warn", f"Version {version} runs, {__version__} is installed.",
                     "jupyter deploy engine stop")  # fmt: skip
    return Check("engine", "ok", f"running, process {found.pid}")


def kernels(_settings: Settings) -> Check:
    specs = KernelSpecManager().get_all_specs()
    dead = [
        name
        for name, spec in specs.items()
        if spec["spec"]["argv"] and shutil.which(spec["spec"]["argv"][0]) is None
    ]
    if not specs:
        return Check(
            "kernels", "fail", "No kernel is installed.", "pip install ipykernel"
        )
    if dead:
        return Check("kernels", "warn", f"The program of {', '.join(dead)} is missing.",
                     f"jupyter kernelspec remove {dead[0]}, or install it again.")  # fmt: skip
    return Check("kernels", "ok", ", ".join(sorted(specs)))


def lab_extension(_settings: Settings) -> Check:
    for folder in jupyter_path("labextensions"):
        if (Path(folder) / "jupyterlab-deploy" / "package.json").exists():
            return Check("lab extension", "ok", folder)
    return Check("lab extension", "warn", "The panel is not installed for JupyterLab.",
                 "pip install --force-reinstall jupyterlab-deploy")  # fmt: skip


def jupyterlab(_settings: Settings) -> Check:
    if importlib.util.find_spec("jupyterlab") is None:
        return Check("JupyterLab", "warn", "JupyterLab is not installed here.",
                     "pip install jupyterlab (the command line works without it)")  # fmt: skip
    return Check("JupyterLab", "ok", "installed")


CHECKS: tuple[Callable[[Settings], Check], ...] = (
    data_directory,
    disk,
    engine,
    kernels,
    jupyterlab,
    lab_extension,
)
_ICONS = {
    "ok": "[green]✓[/green]",
    "warn": "[yellow]![/yellow]",
    "fail": "[red]✗[/red]",
}


@click.command()
@as_json
def doctor(as_json: bool) -> int:
    """Check the installation and say what to do.

    Example: jupyter deploy doctor
    """
    settings = load_settings()
    checks = [check(settings) for check in CHECKS]
    if as_json:
        print_json({"checks": [asdict(check) for check in checks]})
    else:
        for check in checks:
            print_line(
                f"{_ICONS[check.state]} {check.name:<15} {escape(check.message)}"
            )
            if check.fix:
                print_line(f"  {'':<15} → {escape(check.fix)}")
    return 1 if any(check.state == "fail" for check in checks) else 0


COMMANDS = {"doctor": doctor}
