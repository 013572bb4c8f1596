"""The command that fetches what a run left."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING

import click

from jupyter_deploy.cli.common import Document, as_json, client, print_json, run_id, say
from jupyter_deploy.durable import whole_file
from jupyter_deploy.errors import InvalidInput, NotFound

if TYPE_CHECKING:
    from jupyter_deploy.client.api import EngineClient

#: Formats in which the code may be left out.
HIDING = ("html", "pdf", "markdown")


@click.command()
@run_id
@click.option("--format", "form", type=click.Choice(["ipynb", "html", "pdf", "markdown", "script"]),
              help="The executed notebook, or what is made of it.  [default: ipynb]")  # fmt: skip
@click.option("--hide-code", is_flag=True, help="Leave the code out of html, pdf or markdown.")
@click.option("--file", "name", help="Another output of the run, by its name.")
@click.option("-o", "target", metavar="FILE", type=click.Path(path_type=Path),
              help="Write it to this file.  [default: standard output]")  # fmt: skip
@as_json
def output(
    run_id: int,
    form: str | None,
    hide_code: bool,
    name: str | None,
    target: Path | None,
    as_json: bool,
) -> None:
    """Get the executed notebook, a page, PDF, Markdown or script of it, or another output.

    With --json and without -o it lists the outputs.

    Example: jupyter deploy output 7 --format html --hide-code -o report.html
    """
    _check(form, hide_code, name)
    engine = client()
    if as_json and target is None:
        print_json({"run": run_id, "outputs": _listed(engine, run_id, name)})
        return
    pieces = engine.output_pieces(run_id, name or "output.ipynb", form, hide_code)
    if target is None:
        _to_stdout(pieces)
        return
    size = _to_file(pieces, target)
    if as_json:
        print_json({"run": run_id, "file": str(target), "size": size})
    else:
        say(f"Written to {target}.")


def _check(form: str | None, hide_code: bool, name: str | None) -> None:
    if form and name:
        raise InvalidInput(
            "--format and --file exclude each other.",
            field="format",
            hint="--format is for the notebook itself, --file for what it wrote.",
        )
    if hide_code and form not in HIDING:
        raise InvalidInput(
            "Only a page, a PDF or Markdown can hide the code.",
            field="hide-code",
            hint=f"Add --format {', '.join(HIDING[:-1])} or {HIDING[-1]}.",
        )


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


def _to_stdout(pieces: Iterator[bytes]) -> None:
    for piece in pieces:
        if sys.stdout.isatty() and b"\0" in piece[:8000]:
            raise InvalidInput("This output is not text.", hint="Write it to a file with -o FILE.")
        sys.stdout.buffer.write(piece)
    sys.stdout.buffer.flush()


def _to_file(pieces: Iterator[bytes], target: Path) -> int:
    """Whole or not at all; devices and pipes are written to, never replaced. Gives its size."""
    first = next(pieces, b"")  # what the engine refuses is no matter of the target
    try:
        if target.exists() and not target.is_file():
            with open(target, "wb") as file:  # refuses a folder
                return _write(file, first, pieces)
        with whole_file(Path(os.path.realpath(target))) as file:
            return _write(file, first, pieces)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise InvalidInput(
            f"{target} cannot be written: {reason}.",
            field="o",
            hint="Name a file in a folder that exists and is yours.",
        ) from error


def _write(file: IO[bytes], first: bytes, pieces: Iterator[bytes]) -> int:
    return file.write(first) + sum(file.write(piece) for piece in pieces)


COMMANDS = {"output": output}
