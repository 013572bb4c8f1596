"""Commands on runs."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from rich.markup import escape

from jupyter_deploy.cli.common import as_json, client, print_json, say
from jupyter_deploy.cli.following import wait
from jupyter_deploy.cli.ledger import follow, print_entries
from jupyter_deploy.cli.render import (
    Document,
    duration,
    moment,
    print_line,
    print_table,
    run_sentence,
    state,
    values,
)
from jupyter_deploy.client.api import EngineClient
from jupyter_deploy.domain.bundle import Parameter
from jupyter_deploy.domain.parameters import parse_assignment
from jupyter_deploy.errors import InvalidInput

STATES = ["queued", "running", "succeeded", "failed", "cancelled", "missed", "skipped"]
run_id = click.argument("run_id", metavar="RUN", type=click.IntRange(min=1))


@click.command()
@click.argument("name")
@click.option(
    "-p", "assignments", multiple=True, metavar="K=V", help="A parameter of this run."
)
@click.option(
    "--wait", "waits", is_flag=True, help="Wait for the end and say how it went."
)
@click.option("--key", help="The same key gives the same run.")
@as_json
def run(
    name: str, assignments: tuple[str, ...], waits: bool, key: str | None, as_json: bool
) -> int:
    """Start a run now; prints its id.

    Example: jupyter deploy run report -p region=eu --wait
    """
    engine = client()
    started = engine.start_run(name, _parameters(engine, name, assignments), key)
    return finish(engine, started, waits=waits, as_json=as_json)


def finish(engine: EngineClient, run: Document, *, waits: bool, as_json: bool) -> int:
    """Print a started run, waited for or not; the exit code."""
    if waits:
        run = wait(engine, run, quiet=as_json)
    if as_json:
        print_json(run)
    elif waits:
        print_line(run_sentence(run))
    elif sys.stdout.isatty():
        print_line(
            f"Run {run['id']} is {run['state']}. Follow it: jupyter deploy logs {run['id']} -f"
        )
    else:
        click.echo(run["id"])
    return 0 if not waits or run["state"] == "succeeded" else 1


def _parameters(
    engine: EngineClient, name: str, assignments: tuple[str, ...]
) -> Document:
    """The assignments, read as the types of the live version's parameters."""
    if not assignments:
        return {}
    document = engine.deployment(name)
    schema = [Parameter(**item) for item in document["parameter_schema"]]
    known = document["kernel"]["language"] == "python"
    return dict(parse_assignment(text, schema, known) for text in assignments)


@click.command()
@click.argument("name", required=False)
@click.option(
    "--state", "wanted", type=click.Choice(STATES), help="Only runs in this state."
)
@click.option("--limit", type=click.IntRange(1, 500), default=20, show_default=True)
@click.option("--cursor", help="`next` of the page before.")
@as_json
def runs(
    name: str | None, wanted: str | None, limit: int, cursor: str | None, as_json: bool
) -> None:
    """Show runs, newest first.

    Example: jupyter deploy runs report --state failed
    """
    document = client().runs(name, wanted, limit, cursor)
    if as_json:
        print_json(document)
    elif not document["runs"]:
        say("No runs.")
    else:
        print_table(
            [
                ">Run",
                "Deployment",
                "State",
                "Started",
                ">Took",
                "Trigger",
                "Parameters",
                "Reason",
            ],
            [_row(item) for item in document["runs"]],
        )


def _row(run: Document) -> list[str]:
    progress = run["progress"]
    live = (
        f" {progress['cell']}/{progress['cells']}"
        if run["state"] == "running" and progress
        else ""
    )
    return [
        str(run["id"]),
        run["deployment"],
        state(run) + live,
        moment(run["started_at"] or run["due_at"] or run["created_at"]),
        duration(run["duration"]),
        run["trigger"],
        escape(values(run["parameters"])),
        escape((run["reason"] or "")[:200]),
    ]


@click.command()
@run_id
@click.option(
    "-f", "--follow", "follows", is_flag=True, help="Go on until the run ends."
)
@as_json
def logs(run_id: int, follows: bool, as_json: bool) -> int:
    """Show what a run did, cell by cell, also while it runs.

    Example: jupyter deploy logs 7 --follow
    """
    engine = client()
    engine.run(run_id)
    entries = follow(engine, run_id, until_end=follows)
    if as_json:
        print_json({"entries": list(entries)})
    else:
        print_entries(entries)
    if not follows:
        return 0
    ended = engine.run(run_id)
    if not as_json:
        print_line(run_sentence(ended))
    return 0 if ended["state"] == "succeeded" else 1


@click.command()
@run_id
@click.option("--format", "form", type=click.Choice(["ipynb", "html"]), default="ipynb")
@click.option("--file", "name", help="Another output of the run, by its name.")
@click.option(
    "-o", "target", type=click.Path(path_type=Path), help="Write it to this file."
)
@as_json
def output(
    run_id: int, form: str, name: str | None, target: Path | None, as_json: bool
) -> None:
    """Get the executed notebook, its HTML page or another output.

    Example: jupyter deploy output 7 --format html -o report.html
    """
    engine = client()
    if as_json and target is None:
        print_json({"run": run_id, "outputs": engine.run(run_id)["outputs"]})
        return
    content = engine.output(run_id, name or f"output.{form}")
    if target is None:
        _to_stdout(content)
        return
    try:
        target.write_bytes(content)
    except OSError as error:
        raise InvalidInput(
            f"{target} cannot be written: {error.strerror}.", field="-o"
        ) from error
    if as_json:
        print_json({"run": run_id, "file": str(target), "size": len(content)})
    else:
        say(f"Written to {target}.")


def _to_stdout(content: bytes) -> None:
    if sys.stdout.isatty() and b"\0" in content[:8000]:
        raise InvalidInput(
            "This output is not text.", hint="Write it to a file with -o FILE."
        )
    sys.stdout.buffer.write(content)
    sys.stdout.buffer.flush()


@click.command()
@run_id
@as_json
def cancel(run_id: int, as_json: bool) -> None:
    """Stop a queued or running run.

    Example: jupyter deploy cancel 7
    """
    document = client().cancel(run_id)
    if as_json:
        print_json(document)
    elif document["state"] == "cancelled":
        print_line(f"Run {run_id} is cancelled.")
    else:
        print_line(f"Run {run_id} is asked to stop; at the latest it ends in 15 s.")


COMMANDS = {"run": run, "runs": runs, "logs": logs, "output": output, "cancel": cancel}
