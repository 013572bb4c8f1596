"""Commands on the engine itself."""

from __future__ import annotations

import logging
import math
from dataclasses import replace

import click

from jupyter_deploy.cli.common import Document, as_json, print_json
from jupyter_deploy.cli.render import duration, moment, print_fields, print_line, size
from jupyter_deploy.client.api import EngineClient
from jupyter_deploy.client.launch import ensure_engine, find_engine, stop_engine
from jupyter_deploy.client.user_service import user_service
from jupyter_deploy.config import load_settings


@click.group(invoke_without_command=True)
@click.pass_context
def engine(context: click.Context) -> None:
    """The process that keeps schedules and runs.

    It is started when something needs it, outlives JupyterLab, and leaves by
    itself when nothing is active.

    Example: jupyter deploy engine status
    """
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


@engine.command(short_help="Is it running, since when, and what keeps it.")
@as_json
def status(as_json: bool) -> None:
    """Is it running, since when, and what keeps it.

    Example: jupyter deploy engine status --json
    """
    _print(_status(), as_json)


@engine.command(short_help="Start it unless it runs.")
@as_json
def start(as_json: bool) -> None:
    """Start it unless it runs.

    Example: jupyter deploy engine start
    """
    ensure_engine(load_settings())
    _print(_status(), as_json)


@engine.command(short_help="Stop it; running notebooks go on.")
@as_json
def stop(as_json: bool) -> None:
    """Stop it; running notebooks go on and are taken over at the next start.

    Example: jupyter deploy engine stop
    """
    settings = load_settings()
    stopped = stop_engine(settings)
    if as_json:
        print_json(_status())
        return
    print_line("The engine is stopped." if stopped else "No engine was running.")
    if stopped and settings.shared_database:
        print_line(
            f"What it runs is taken over by another engine in {settings.lease_seconds:g} s, "
            "unless it is started again before."
        )


@engine.command(short_help="Run it here until it is stopped (for service managers).")
@click.option("--stay", is_flag=True, help="Do not leave although nothing is active.")
@as_json
def run(stay: bool, as_json: bool) -> None:
    """Run it here until it is stopped (for service managers).

    Its log goes to standard error; with --json its last state is printed at the end.

    Example: jupyter deploy engine run
    """
    from jupyter_deploy.app import run_engine  # the engine's parts load slowly

    logging.basicConfig(
        level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    for noisy in ("alembic", "tornado.access"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    settings = load_settings()
    run_engine(replace(settings, quiet_seconds=math.inf) if stay else settings)
    if as_json:
        print_json(_status())


@engine.command(short_help="Keep it running: a service of the user, from the start of the machine.")
@as_json
def install(as_json: bool) -> None:
    """Keep it running: a service of the user, from the start of the machine.

    Writes a systemd unit (launchd on macOS) and switches it on. On a server where you
    are not logged in all the time, `loginctl enable-linger` lets it run without you.

    Example: jupyter deploy engine install
    """
    settings = load_settings()
    service = user_service(settings)
    stop_engine(settings)
    service.install()
    if as_json:
        print_json({"path": str(service.path), "installed": True})
    else:
        print_line(("✓", "green"), f" {service.path} keeps the engine running.")


@engine.command(short_help="Take the service away again.")
@as_json
def uninstall(as_json: bool) -> None:
    """Take the service away again; deployments and runs stay.

    Example: jupyter deploy engine uninstall
    """
    service = user_service(load_settings())
    removed = service.remove()
    if as_json:
        print_json({"path": str(service.path), "installed": False})
    else:
        print_line("The service is gone." if removed else "There was no service.")


def _status() -> Document:
    settings = load_settings()
    found = find_engine(settings)
    if found is None:
        return settings.idle_status()
    client = EngineClient(found.url, found.token)
    click.get_current_context().call_on_close(client.close)
    return client.health()


def _others(document: Document) -> str:
    others = [item for item in document["engines"] if item["pid"] != document["pid"]]
    said = [f"process {e['pid']} on {e['host']}{'' if e['alive'] else ' (silent)'}" for e in others]
    return ", ".join(said) or "no other engine"


def _print(document: Document, as_json: bool) -> None:
    if as_json:
        print_json(document)
        return
    if not document["running"]:
        print_line("The engine is not running; it starts with the next command that needs it.")
        print_fields({"Data": document["data_dir"]})
        return
    used, slots, queued = document["running_runs"], document["slots"], document["queued"]
    uses = f"{size(document['rss'])}, {duration(document['cpu'])} of processor"
    print_line(("▶", "green"), f" running since {moment(document['since'])}")
    print_fields(
        {
            "Process": f"{document['pid']} at {document['url']}",
            "Runs": f"{used} of {slots} slots, {queued} queued",
            "Kept by": ", ".join(document["keeps_alive"]) or "nothing: it leaves after a while",
            "Uses": uses,
            **({"Beside": _others(document)} if document["engines"] else {}),
            "Data": document["data_dir"],
        }
    )
    if holding := document.get("holding"):  # an engine of before an upgrade does not tell
        print_line(("!", "yellow"), f" {holding}")


COMMANDS = {"engine": engine}
