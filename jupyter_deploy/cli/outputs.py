"""The command that fetches what a run left."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from jupyter_deploy.cli.common import Document, as_json, client, print_json, run_id, say
from jupyter_deploy.durable import write_whole
from jupyter_deploy.errors import InvalidInput, NotFound

if TYPE_CHECKING:
    from jupyter_deploy.client.api import EngineClient


@click.command()
@run_id
@click.option("--format", "form", type=click.Choice(["ipynb", "html"]),
              help="The executed notebook, or its page.  [default: ipynb]")  # fmt: skip
@click.option("--file", "name", help="Another output of the run, by its name.")
@click.option("-o", "target", metavar="FILE", type=click.Path(path_type=Path),
              help="Write it to this file.  [default: standard output]")  # fmt: skip
@as_json
def output(
    run_id: int, form: str | None, name: str | None, target: Path | None, as_json: bool
) -> None:
    """Get the executed notebook, its HTML page or another output.

    With --json and without -o it lists the outputs.

    Example: jupyter deploy output 7 --format html -o report.html
    """
    if form and name:
        raise InvalidInput(
            "--format and --file exclude each other.",
            field="format",
            hint="--format is for the notebook itself, --file for what it wrote.",
        )
    engine = client()
    if as_json and target is None:
        print_json({"run": run_id, "outputs": _listed(engine, run_id, name)})
        return
    content = engine.output(run_id, name or f"output.{form or 'ipynb'}")
    if target is None:
        _to_stdout(content)
        return
    _to_file(content, target)
    if as_json:
        print_json({"run": run_id, "file": str(target), "size": len(content)})
    else:
        say(f"Written to {target}.")


def _listed(engine: EngineClient, run_id: int, name: str | None) -> list[Document]:
    """All outputs of the run, or the one of this name."""
    outputs: list[Document] = engine.run(run_id)["outputs"]
    found = [item for item in outputs if name in (None, item["name"])]
    if name and not found:
        raise NotFound(
            f"Run {run_id} has no output {name!r}.",
            field="file",
            hint=f"It has: {', '.join(item['name'] for item in outputs) or 'none'}.",
        )
    return found


def _to_stdout(content: bytes) -> None:
    if sys.stdout.isatty() and b"\0" in content[:8000]:
        raise InvalidInput("This output is not text.", hint="Write it to a file with -o FILE.")
    sys.stdout.buffer.write(content)
    sys.stdout.buffer.flush()


def _to_file(content: bytes, target: Path) -> None:
    """Whole or not at all; devices and pipes are written to, never replaced."""
    try:
        if target.exists() and not target.is_file():
            target.write_bytes(content)  # refuses a folder
            return
        write_whole(Path(os.path.realpath(target)), content)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise InvalidInput(
            f"{target} cannot be written: {reason}.",
            field="o",
            hint="Name a file in a folder that exists and is yours.",
        ) from error


COMMANDS = {"output": output}
