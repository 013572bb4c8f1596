"""The command that deploys a project's deployment files."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from jupyter_deploy.cli.capturing import capture_notebook, load_project
from jupyter_deploy.cli.common import Document, as_json, client, print_json
from jupyter_deploy.cli.following import wait
from jupyter_deploy.cli.render import print_line, run_sentence
from jupyter_deploy.cli.trying import rejection, try_out
from jupyter_deploy.domain.parameters import check_parameters
from jupyter_deploy.errors import DeployError, InvalidInput

if TYPE_CHECKING:
    from jupyter_deploy.capture.bundle import Captured
    from jupyter_deploy.client.api import EngineClient
    from jupyter_deploy.project.deployment_file import DeploymentFile, FileError

_STYLES = {
    "created": "green",
    "updated": "blue",
    "unchanged": "dim",
    "rejected": "red",
    "superseded": "yellow",
}


@click.command()
@click.argument("folder", metavar="[DIR]", default=".",
                type=click.Path(path_type=Path, file_okay=False))  # fmt: skip
@click.option("--replace", is_flag=True, help="Let names move from other notebooks to these.")
@click.option("--run", "runs", is_flag=True, help="Run one after another and wait for each.")
@as_json
def apply(folder: Path, replace: bool, runs: bool, as_json: bool) -> int:
    """Deploy what a project's schedules/ folder describes.

    All files are checked before the first one is deployed.

    Example: jupyter deploy apply . --run
    """
    files, errors = load_project(folder)
    if errors:
        raise InvalidInput(_listing(errors), hint="Nothing was deployed; correct the files first.")
    captured = [_capture(item) for item in files]
    engine = client()
    results = []
    for item, bundle in zip(files, captured, strict=True):
        results.append(_deploy(engine, item, bundle, replace, as_json))
        if not as_json:
            _print(results[-1])
    live = [item["name"] for item in results if item["state"] == "live"]
    finished = [_run(engine, name, as_json) for name in live] if runs else []
    if as_json:
        print_json({"deployments": results, "runs": finished})
    failed = any(run["state"] != "succeeded" for run in finished)
    return 1 if failed or len(live) < len(results) else 0


def _listing(errors: list[FileError]) -> str:
    return "\n".join(
        f"{error.file}{f':{error.line}' if error.line else ''}: {error.message}" for error in errors
    )


def _capture(item: DeploymentFile) -> Captured:
    with _naming(item):
        captured = capture_notebook(
            item.notebook,
            limit=item.project,
            base=item.project,
            patterns=item.files,
            environment=item.environment,
            packages=item.packages,
            secrets=item.policies["secrets"] or (),
        )
        bundle = captured.bundle
        check_parameters(item.parameters, bundle.parameters, known=bundle.parameters_known)
        return captured


@contextmanager
def _naming(item: DeploymentFile) -> Iterator[None]:
    """Errors inside say which file they are about."""
    try:
        yield
    except DeployError as error:
        error.message = f"{item.source}: {error.message}"
        raise


def _deploy(
    engine: EngineClient,
    item: DeploymentFile,
    captured: Captured,
    replace: bool,
    quiet: bool,
) -> Document:
    """Deploy it and wait until it was tried."""
    with _naming(item):
        document, created = engine.deploy(
            captured,
            name=item.name,
            parameters=item.parameters,
            schedule=item.schedule,
            replace=replace,
            policies=item.policies,
            outputs=item.outputs,
            preflight=item.preflight,
        )
    document = try_out(engine, document, quiet=quiet)
    change = "unchanged"
    if created:
        change = "created" if document["version"] == 1 else "updated"
    if document["state"] not in ("live", "candidate"):
        change = document["state"]
    reason = rejection(document) if change == "rejected" else None
    kept = {key: document[key] for key in ("name", "version", "state")}
    return {**kept, "change": change, "reason": reason}


def _print(result: Document) -> None:
    change, reason = result["change"], result["reason"]
    told = f"{result['name']}, version {result['version']}{f': {reason}' if reason else ''}"
    print_line((f"{change:<9} ", _STYLES[change]), told)


def _run(engine: EngineClient, name: str, as_json: bool) -> Document:
    run = wait(engine, engine.start_run(name, {}), quiet=as_json)
    if not as_json:
        print_line(run_sentence(run))
    return run


COMMANDS = {"apply": apply}
