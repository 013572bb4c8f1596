"""The command that deploys one notebook."""

from __future__ import annotations

from datetime import datetime
from datetime import timezone as zone
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from jupyter_deploy.cli.capturing import capture_notebook
from jupyter_deploy.cli.common import Document, as_json, client, print_json, say
from jupyter_deploy.cli.deployments import schedule_text
from jupyter_deploy.cli.following import wait
from jupyter_deploy.cli.publishing import read_published
from jupyter_deploy.cli.render import print_line, run_sentence
from jupyter_deploy.cli.trying import print_tried, try_out
from jupyter_deploy.domain.names import check_name, suggest_name
from jupyter_deploy.domain.parameters import parse_assignment
from jupyter_deploy.domain.policies import MAX_ATTEMPTS, MAX_RUNNING, Policies, read_policies
from jupyter_deploy.domain.preflight import FULL, IMPORTS, NONE
from jupyter_deploy.domain.schedule import CATCH_UP, OVERLAP
from jupyter_deploy.errors import InvalidInput, NotFound
from jupyter_deploy.timetable import check_schedule

if TYPE_CHECKING:
    from jupyter_deploy.capture.bundle import Captured
    from jupyter_deploy.client.api import EngineClient


@click.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--name", help="Name of the deployment.  [default: made from the file's name]")
@click.option("-p", "assignments", multiple=True, metavar="K=V", help="A parameter's value.")
@click.option("--cron", help="When: five cron fields, or @daily and the like.")
@click.option("--timezone", help="Time zone of --cron, for example Europe/Berlin.")
@click.option("--overlap", type=click.Choice(OVERLAP), help="When the run before is not done.")
@click.option("--catch-up", type=click.Choice(CATCH_UP), help="After the machine was off.")
@click.option("--retries", type=click.IntRange(0, MAX_ATTEMPTS - 1),
              help="How often a lost run is tried again.")  # fmt: skip
@click.option("--timeout", metavar="TIME", help="Limit of a run, for example 2h.")
@click.option("--cell-timeout", metavar="TIME", help="Limit of a cell, for example 30m.")
@click.option("--max-running", type=click.IntRange(1, MAX_RUNNING),
              help="How many of its runs may run at once.")  # fmt: skip
@click.option("--secret", "secrets", multiple=True, metavar="NAME",
              help="A secret that its runs get as a variable of their environment.")  # fmt: skip
@click.option("--files", "patterns", multiple=True, metavar="PATTERN",
              help="Files to take along, relative to the notebook's folder.")  # fmt: skip
@click.option("--publish", "published", multiple=True, metavar="NAME=WHAT",
              help="What good runs publish: report=html, scores=table:scores, …")  # fmt: skip
@click.option("--kernel", help="Another kernel than the notebook's.")
@click.option("--environment", metavar="locked|live|FILE",
              help="What runs have: always the packages of now, or of this pylock.toml, or those "
              "that the kernel has at that time.  [default: locked if possible]")  # fmt: skip
@click.option("--package", "packages", multiple=True, metavar="NAME",
              help="A package that runs have beside those of the kernel.")  # fmt: skip
@click.option("--preflight", type=click.Choice([FULL, IMPORTS, NONE]),
              help="How it is tried before it goes live.  [default: full]")  # fmt: skip
@click.option("--sample", "sample", multiple=True, metavar="K=V",
              help="Try it with this parameter instead, as with less data.")  # fmt: skip
@click.option("--replace", is_flag=True, help="Let NAME move from another notebook to this one.")
@click.option("--run", "runs", is_flag=True, help="Start a run at once.")
@click.option("--wait", "waits", is_flag=True, help="Start a run and wait for its end.")
@as_json
def notebook(
    *,
    path: Path,
    name: str | None,
    assignments: tuple[str, ...],
    cron: str | None,
    timezone: str | None,
    overlap: str | None,
    catch_up: str | None,
    retries: int | None,
    timeout: str | None,
    cell_timeout: str | None,
    max_running: int | None,
    secrets: tuple[str, ...],
    patterns: tuple[str, ...],
    published: tuple[str, ...],
    kernel: str | None,
    environment: str | None,
    packages: tuple[str, ...],
    preflight: str | None,
    sample: tuple[str, ...],
    replace: bool,
    runs: bool,
    waits: bool,
    as_json: bool,
) -> int:
    """Deploy a notebook: capture it, try it, make it live.

    It goes live when a first run of it ends well, in an empty folder with only what was
    captured. If it fails, what was live stays live.

    What is given replaces all of what was live, the schedule too.

    \b
    Example: jupyter deploy notebook report.ipynb -p region=eu \\
                 --cron "0 6 * * mon-fri" --timezone Europe/Berlin
    """
    name = check_name(suggest_name(path.name) if name is None else name)
    schedule = _schedule(cron, timezone, {"overlap": overlap, "catch_up": catch_up})
    policies = _policies(retries, timeout, cell_timeout, max_running, secrets)
    outputs = read_published(published)
    captured = capture_notebook(
        path,
        patterns=patterns,
        kernel=kernel,
        environment=environment,
        packages=packages,
        secrets=secrets,
    )
    parameters = _parameters(captured, assignments)
    engine = client()
    before = _live(engine, name)
    document, created = engine.deploy(
        captured,
        name=name,
        parameters=parameters,
        schedule=schedule,
        replace=replace,
        policies=policies,
        outputs=outputs,
        preflight=_preflight(captured, preflight, sample),
    )
    document = try_out(engine, document, quiet=as_json)
    _tell_dropped(before, document)
    is_live = document["state"] == "live"
    run = engine.start_run(name, {}) if is_live and (runs or waits) else None
    if not as_json:
        print_tried(document, created)
    if run and waits:
        run = wait(engine, run, quiet=as_json)
    if as_json:
        print_json({**engine.deployment(name), "run": run} if run else document)
    elif run:
        print_line(run_sentence(run))
    return 1 if not is_live or (run and waits and run["state"] != "succeeded") else 0


def _schedule(
    cron: str | None, timezone: str | None, more: dict[str, str | None]
) -> Document | None:
    """Checked before the notebook is read: a slip should not cost time."""
    if cron is None:
        given = [name for name, value in {"timezone": timezone, **more}.items() if value]
        if given:
            raise InvalidInput(
                f"--{given[0].replace('_', '-')} goes with --cron.",
                field="schedule.cron",
                hint='Add for example --cron "0 6 * * *".',
            )
        return None
    timezone = timezone or _own_timezone()
    check_schedule(cron, timezone, datetime.now(zone.utc))
    said = {name: value for name, value in more.items() if value}
    return {"cron": cron, "timezone": timezone, **said}


def _policies(
    retries: int | None,
    timeout: str | None,
    cell_timeout: str | None,
    max_running: int | None,
    secrets: tuple[str, ...],
) -> Document:
    policies = {
        "retry": None if retries is None else {"attempts": retries + 1},
        "timeout": {"run": timeout, "cell": cell_timeout},
        "max_running": max_running,
        "secrets": list(secrets),
    }
    read_policies(policies)  # a slip should not cost time either
    return policies


def _own_timezone() -> str:
    """This machine's zone, UTC when it has no name."""
    from zoneinfo import available_timezones

    link = Path("/etc/localtime").resolve().as_posix()
    name = link.partition("zoneinfo/")[2]
    return name if name in available_timezones() else "UTC"


def _parameters(captured: Captured, assignments: tuple[str, ...]) -> dict[str, Any]:
    bundle = captured.bundle
    return dict(
        parse_assignment(text, bundle.parameters, bundle.parameters_known) for text in assignments
    )


def _preflight(
    captured: Captured, mode: str | None, sample: tuple[str, ...]
) -> str | Document | None:
    if sample and mode not in (None, FULL):
        raise InvalidInput(
            f"--sample says with what it is tried, and --preflight {mode} that it is not run.",
            field="preflight",
            hint="Leave one of both out.",
        )
    return {"sample": _parameters(captured, sample)} if sample else mode


def _live(engine: EngineClient, name: str) -> Document | None:
    try:
        return engine.deployment(name)
    except NotFound:
        return None


def _tell_dropped(before: Document | None, after: Document) -> None:
    """A schedule that silently stops would be noticed too late, and so would a limit."""
    if after["state"] != "live":
        return
    if before and before["schedule"] and not after["schedule"]:
        say(f"Note: its schedule is gone ({schedule_text(before)}); --cron gives it one again.")
    usual = _limits(Policies().to_json())
    if before and _limits(before["policies"]) != usual == _limits(after["policies"]):
        say("Note: its retries and limits are gone; --retries, --timeout and others give them.")
    if before and before["policies"]["secrets"] and not after["policies"]["secrets"]:
        say("Note: it gets no secrets any more; --secret names them.")
    if before and before["outputs"] and not after["outputs"]:
        say("Note: it publishes nothing new any more; --publish says what it shall.")


def _limits(policies: Document) -> Document:
    return {name: value for name, value in policies.items() if name != "secrets"}


COMMANDS = {"notebook": notebook}
