"""Commands on runs."""

from __future__ import annotations

import sys
from datetime import datetime
from typing import TYPE_CHECKING

import click
from rich.text import Text

from jupyter_deploy.cli.common import (
    Document,
    as_json,
    client,
    key,
    name,
    optional_name,
    print_json,
    run_id,
    say,
)
from jupyter_deploy.cli.following import OPEN, wait, watching
from jupyter_deploy.cli.ledger import Printer, entries, follow, live, write_plainly
from jupyter_deploy.cli.render import (
    duration,
    moment,
    one_line,
    print_line,
    print_table,
    run_sentence,
    state,
    values,
)
from jupyter_deploy.domain.bundle import Parameter
from jupyter_deploy.domain.firing import GRACE
from jupyter_deploy.domain.parameters import parse_assignment
from jupyter_deploy.domain.runs import RunState

if TYPE_CHECKING:
    from jupyter_deploy.client.api import EngineClient


@click.command()
@name
@click.option("-p", "assignments", multiple=True, metavar="K=V", help="A parameter of this run.")
@click.option("--version", type=click.IntRange(1, 2**31 - 1),
              help="Run this version, with its code, environment and parameters.")  # fmt: skip
@click.option("--wait", "waits", is_flag=True, help="Wait for the end and say how it went.")
@key
@as_json
def run(
    name: str,
    assignments: tuple[str, ...],
    version: int | None,
    waits: bool,
    key: str | None,
    as_json: bool,
) -> int:
    """Start a run now; prints its id.

    With --wait the exit code tells whether it succeeded.

    Example: jupyter deploy run report -p region=eu --wait
    """
    engine = client()
    parameters = _parameters(engine, name, version, assignments)
    started = engine.start_run(name, parameters, key, version)
    if version is None:
        _tell_not_live(engine, name)
    return _show_started(engine, started, waits=waits, as_json=as_json)


def _show_started(engine: EngineClient, started: Document, *, waits: bool, as_json: bool) -> int:
    """Print a new run, with `waits` when it has ended; the exit code."""
    if waits:
        started = wait(engine, started, quiet=as_json)
    if as_json:
        print_json(started)
    elif waits:
        print_line(run_sentence(started))
    elif sys.stdout.isatty():
        number = started["id"]
        print_line(f"Run {number} is {started['state']}. jupyter deploy logs {number} -f shows it.")
    else:
        click.echo(started["id"])
    return 0 if not waits or started["state"] == "succeeded" else 1


def _tell_not_live(engine: EngineClient, name: str) -> None:
    document = engine.deployment(name)
    if document["state"] != "live":
        number, state = document["version"], document["state"]
        say(f"Note: no version of {name} is live; this runs version {number}, which is {state}.")


def _parameters(
    engine: EngineClient, name: str, version: int | None, assignments: tuple[str, ...]
) -> Document:
    """The assignments, read as the types of the version's parameters.

    Which names there are is for the engine to say.
    """
    if not assignments:
        return {}
    schema = [Parameter(**item) for item in engine.deployment(name, version)["parameter_schema"]]
    return dict(parse_assignment(text, schema, known=False) for text in assignments)


@click.command()
@optional_name
@click.option("--state", "wanted", type=click.Choice([state.value for state in RunState]),
              help="Only runs in this state.")  # fmt: skip
@click.option("--limit", type=click.IntRange(1, 500), default=20, show_default=True)
@click.option("--cursor", help="`next` of the page before.")
@as_json
def runs(
    name: str | None, wanted: str | None, limit: int, cursor: str | None, as_json: bool
) -> None:
    """Show runs, newest first.

    Example: jupyter deploy runs report --state failed
    """
    engine = client()
    document = engine.runs(name, wanted, limit, cursor)
    if name and not document["runs"]:
        engine.deployment(name)  # a wrong name is an error, a deleted one has its runs
    if as_json:
        print_json(document)
    elif not document["runs"]:
        say("No runs.")
    else:
        columns = [">Run", "Deployment", "State", "Started", ">Took", "Trigger", "Parameters"]
        print_table([*columns, "Reason"], [_row(item) for item in document["runs"]])


def _row(run: Document) -> list[str | Text]:
    progress = run["progress"] if run["state"] == "running" else None
    live = f" {progress['cell']}/{progress['cells']}" if progress else ""
    return [
        str(run["id"]),
        run["deployment"],
        Text.assemble(state(run), live),
        moment(run["started_at"] or run["due_at"] or run["created_at"]),
        duration(run["duration"]),
        run["trigger"],
        values(run["parameters"]),
        one_line(_remark(run)),
    ]


def _remark(run: Document) -> str:
    """How it ended; else why it is there, where trigger and time do not say it."""
    late = run["due_at"] and _moment(run["created_at"]) - _moment(run["due_at"]) > GRACE
    why = run["why"] if late or run["trigger"] == "retry" else None
    return run["reason"] or why or ""


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


@click.command()
@run_id
@click.option("-f", "--follow", "follows", is_flag=True, help="Go on until the run ends.")
@as_json
def logs(run_id: int, follows: bool, as_json: bool) -> int:
    """Show what a run did, cell by cell, also while it runs.

    With --follow the exit code tells whether it succeeded.

    Example: jupyter deploy logs 7 --follow
    """
    engine = client()
    run = engine.run(run_id)
    if as_json:
        with watching(run_id):
            look = follow(engine, run_id, lambda _run: None)
            found = list(look if follows else entries(engine, run_id))
        print_json({"entries": found})
    elif follows and run["state"] in OPEN:
        with watching(run_id), live(run_id) as (printer, show):
            for entry in follow(engine, run_id, show):
                printer.show(entry)
    else:
        _print_entries(engine, run_id)
    run = engine.run(run_id)
    if not as_json:
        if run["why"]:
            print_line((one_line(run["why"]), "dim"))
        print_line(run_sentence(run))
    return 0 if not follows or run["state"] == "succeeded" else 1


def _print_entries(engine: EngineClient, run_id: int) -> None:
    printer = Printer(write_plainly)
    for entry in entries(engine, run_id):
        printer.show(entry)
    printer.end_line()


@click.command()
@run_id
@as_json
def cancel(run_id: int, as_json: bool) -> None:
    """Stop a queued or running run; what it did so far is kept.

    Example: jupyter deploy cancel 7
    """
    document = client().cancel(run_id)
    if as_json:
        print_json(document)
    elif document["state"] in OPEN:
        print_line(f"Run {run_id} is asked to stop; it ends within 15 s.")
    else:
        print_line(f"Run {run_id} is {document['state']}.")


@click.command()
@run_id
@click.option("--wait", "waits", is_flag=True, help="Wait for the end and say how it went.")
@as_json
def retry(run_id: int, waits: bool, as_json: bool) -> int:
    """Run what a run ran once more: same version, same parameters; prints the new id.

    With --wait the exit code tells whether it succeeded.

    Example: jupyter deploy retry 7 --wait
    """
    engine = client()
    return _show_started(engine, engine.retry(run_id), waits=waits, as_json=as_json)


COMMANDS = {"run": run, "runs": runs, "logs": logs, "cancel": cancel, "retry": retry}
