"""Commands that deploy: one notebook, or a project's deployment files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from rich.markup import escape

from jupyter_deploy.capture.bundle import Captured, capture
from jupyter_deploy.cli.common import as_json, client, print_json
from jupyter_deploy.cli.deployments import print_deployment
from jupyter_deploy.cli.following import wait
from jupyter_deploy.cli.render import Document, print_line, run_sentence
from jupyter_deploy.client.api import EngineClient
from jupyter_deploy.domain.names import check_name, suggest_name
from jupyter_deploy.domain.parameters import parse_assignment
from jupyter_deploy.errors import DeployError, InvalidInput
from jupyter_deploy.project.deployment_file import (
    DeploymentFile,
    FileError,
    load_folder,
)


@click.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--name", help="Default: made from the file's name.")
@click.option(
    "-p", "assignments", multiple=True, metavar="K=V", help="A parameter's value."
)
@click.option("--cron", help="When: five cron fields, or @daily and the like.")
@click.option("--timezone", help="Time zone of --cron, for example Europe/Berlin.")
@click.option("--files", "patterns", multiple=True, metavar="PATTERN",
              help="Files to take along, relative to the notebook's folder.")  # fmt: skip
@click.option("--kernel", help="Another kernel than the notebook's.")
@click.option(
    "--replace", is_flag=True, help="Let NAME move from another notebook to this one."
)
@click.option("--run", "runs", is_flag=True, help="Start a run at once.")
@click.option("--wait", "waits", is_flag=True, help="With --run: wait for its end.")
@as_json
def notebook(
    path: Path,
    name: str | None,
    assignments: tuple[str, ...],
    cron: str | None,
    timezone: str | None,
    patterns: tuple[str, ...],
    kernel: str | None,
    replace: bool,
    runs: bool,
    waits: bool,
    as_json: bool,
) -> int:
    """Deploy a notebook: capture it and make it live.

    Example: jupyter deploy notebook report.ipynb --cron "0 6 * * *" --timezone Europe/Berlin
    """
    name = check_name(suggest_name(path.name) if name is None else name)
    schedule = _schedule(cron, timezone)
    captured = capture(path, patterns=patterns, kernel=kernel)
    parameters = _parameters(captured, assignments)
    engine = client()
    document, created = engine.deploy(
        captured, name=name, parameters=parameters, schedule=schedule, replace=replace
    )
    run = engine.start_run(name, {}) if runs or waits else None
    if run and waits:
        run = wait(engine, run, quiet=as_json)
    _print(document, created, run, as_json)
    return 1 if run and waits and run["state"] != "succeeded" else 0


def _schedule(cron: str | None, timezone: str | None) -> Document | None:
    if cron is None:
        if timezone is not None:
            raise InvalidInput("--timezone goes with --cron.", field="schedule.cron")
        return None
    return {"cron": cron, "timezone": timezone or _own_timezone()}


def _own_timezone() -> str:
    """This machine's zone, UTC when it has no name."""
    from zoneinfo import available_timezones

    link = Path("/etc/localtime").resolve().as_posix()
    name = link.partition("zoneinfo/")[2]
    return name if name in available_timezones() else "UTC"


def _parameters(captured: Captured, assignments: tuple[str, ...]) -> dict[str, Any]:
    bundle = captured.bundle
    return dict(
        parse_assignment(text, bundle.parameters, bundle.parameters_known)
        for text in assignments
    )


def _print(
    document: Document, created: bool, run: Document | None, as_json: bool
) -> None:
    if as_json:
        print_json({**document, "run": run} if run else document)
        return
    if created:
        print_line(f"[green]✓[/green] Version {document['version']} is live.")
    else:
        print_line(
            f"Nothing has changed: version {document['version']} is live already."
        )
    print_deployment(document)
    if run:
        print_line(run_sentence(run))


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), default=".")
@click.option(
    "--run", "runs", is_flag=True, help="Run each deployment and wait for it."
)
@as_json
def apply(folder: Path, runs: bool, as_json: bool) -> int:
    """Deploy what a project's schedules/ folder describes.

    Example: jupyter deploy apply . --run
    """
    files, errors = load_folder(folder)
    if errors:
        raise InvalidInput(
            _listing(errors), hint="Nothing was deployed; correct the files first."
        )
    engine = client()
    captured = [(item, _capture(item)) for item in files]
    results = [_apply_one(engine, item, bundle, as_json) for item, bundle in captured]
    finished = []
    if runs:
        started = [engine.start_run(item.name, {}) for item in files]
        finished = [_wait(engine, run, as_json) for run in started]
    if as_json:
        print_json({"deployments": results, "runs": finished})
    return 1 if any(run["state"] != "succeeded" for run in finished) else 0


def _listing(errors: list[FileError]) -> str:
    return "\n".join(
        f"{error.file}{f':{error.line}' if error.line else ''}: {error.message}"
        for error in errors
    )


def _capture(item: DeploymentFile) -> Captured:
    with _naming(item):
        check_name(item.name)
        return capture(
            item.notebook, limit=item.project, base=item.project, patterns=item.files
        )


class _naming:
    """Errors inside say which deployment they are about."""

    def __init__(self, item: DeploymentFile) -> None:
        self._item = item

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: object, error: BaseException | None, trace: object
    ) -> None:
        if isinstance(error, DeployError):
            error.message = f"{self._item.name}: {error.message}"


def _apply_one(
    engine: EngineClient, item: DeploymentFile, captured: Captured, as_json: bool
) -> Document:
    with _naming(item):
        document, created = engine.deploy(
            captured, name=item.name, parameters=item.parameters, schedule=item.schedule
        )
    if not created:
        change = "unchanged"
    else:
        change = "created" if document["version"] == 1 else "updated"
    if not as_json:
        print_line(f"{change:<10}{escape(item.name)}, version {document['version']}")
    return {"name": item.name, "change": change, "version": document["version"]}


def _wait(engine: EngineClient, run: Document, as_json: bool) -> Document:
    run = wait(engine, run, quiet=as_json)
    if not as_json:
        print_line(run_sentence(run))
    return run


COMMANDS = {"notebook": notebook, "apply": apply}
