"""Commands on the engine itself."""

from __future__ import annotations

import logging

import click

from jupyter_deploy.cli.common import as_json, print_json
from jupyter_deploy.cli.render import Document, duration, moment, print_line, size
from jupyter_deploy.client.api import EngineClient
from jupyter_deploy.client.launch import ensure_engine, find_engine, stop_engine
from jupyter_deploy.config import load_settings


@click.group()
def engine() -> None:
    """The process that keeps schedules and runs.

    It is started when something needs it, outlives JupyterLab, and leaves by
    itself when nothing is active.
    """


@engine.command()
@as_json
def status(as_json: bool) -> None:
    """Is it running, since when, and what keeps it."""
    _print(_status(), as_json)


@engine.command()
@as_json
def start(as_json: bool) -> None:
    """Start it unless it runs."""
    ensure_engine(load_settings())
    _print(_status(), as_json)


@engine.command()
@as_json
def stop(as_json: bool) -> None:
    """Stop it; running notebooks go on and are taken over at the next start."""
    stopped = stop_engine(load_settings())
    if as_json:
        print_json(_status())
    else:
        print_line("The engine is stopped." if stopped else "No engine was running.")


@engine.command()
def run() -> None:
    """Run it here until it is stopped (for service managers)."""
    from jupyter_deploy.app import run_engine  # the engine's parts load slowly

    logging.basicConfig(
        level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    for noisy in ("alembic", "tornado.access"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    run_engine(load_settings())


def _status() -> Document:
    settings = load_settings()
    found = find_engine(settings)
    if found is not None:
        return EngineClient(found.url, found.token).health()
    return settings.idle_status()


def _print(document: Document, as_json: bool) -> None:
    if as_json:
        print_json(document)
        return
    if not document["running"]:
        print_line(
            "The engine is not running; it starts with the next command that needs it."
        )
        print_line(f"  Data        {document['data_dir']}")
        return
    reasons = (
        ", ".join(document["keeps_alive"]) or "nothing: it leaves after a quiet time"
    )
    print_line(f"[green]▶[/green] running since {moment(document['since'])}")
    print_line(f"  Process     {document['pid']} at {document['url']}")
    print_line(f"  Runs        {document['running_runs']} of {document['slots']} slots, "
               f"{document['queued']} queued")  # fmt: skip
    print_line(f"  Kept by     {reasons}")
    print_line(
        f"  Uses        {size(document['rss'])}, {duration(document['cpu'])} of processor"
    )
    print_line(f"  Data        {document['data_dir']}")


COMMANDS = {"engine": engine}
