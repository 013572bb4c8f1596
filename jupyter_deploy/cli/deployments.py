"""Commands on deployments."""

from __future__ import annotations

import sys

import click
from rich.text import Text

from jupyter_deploy.cli.common import Document, as_json, client, name, print_json, say
from jupyter_deploy.cli.drift import show_drift
from jupyter_deploy.cli.render import (
    exact,
    last_result,
    moment,
    one_line,
    print_fields,
    print_line,
    print_table,
    size,
    values,
)
from jupyter_deploy.errors import InvalidInput

NO_SCHEDULE = "when started"


@click.command("list")
@as_json
def list_(as_json: bool) -> None:
    """Show all deployments.

    Example: jupyter deploy list
    """
    document = client().deployments()
    if as_json:
        print_json(document)
    elif not document["deployments"]:
        say("Nothing is deployed yet. Begin with: jupyter deploy notebook PATH")
    else:
        print_table(
            ["Name", ">Version", "Last result", "Next", "Schedule", "Notebook"],
            [_row(item) for item in document["deployments"]],
        )


def _row(item: Document) -> list[str | Text]:
    fires = item["next_fires"]
    following = "paused" if item["paused"] else moment(fires[0]) if fires else "–"
    return [
        item["name"],
        str(item["version"]),
        last_result(item["last_run"]),
        following,
        item["schedule_text"] or NO_SCHEDULE,
        one_line(item["notebook"]),
    ]


@click.command()
@name
@click.option("--environment", "compares", is_flag=True,
              help="Compare its packages with what the kernel has here and now.")  # fmt: skip
@as_json
def show(name: str, compares: bool, as_json: bool) -> None:
    """Show one deployment: what is live and when it runs next.

    Example: jupyter deploy show report
    """
    engine = client()
    document = engine.deployment(name)
    if compares:
        show_drift(engine, document, as_json=as_json)
    elif as_json:
        print_json(document)
    else:
        print_deployment(document)
        if document["outputs"]:
            _print_published(engine.outputs(name))


def _print_published(overview: Document) -> None:
    current = overview["current"]
    told = f"{current['sentence']} (run {current['run']})" if current else "nothing yet"
    print_fields({"Readers see": told})
    if overview["problem"]:
        print_line("  ", (f"{'Problem':<11} ", "yellow"), one_line(overview["problem"], 2000))


def print_deployment(document: Document) -> None:
    environment, since = document["environment"], moment(document["created_at"])
    files = [f"{item['path']} ({size(item['size'])})" for item in document["files"]]
    print_line((document["name"], "bold"))
    print_fields(
        {
            "Notebook": one_line(document["origin"] or document["notebook"], 2000),
            "Version": f"{document['version']}, {document['state']} since {since}",
            "Preflight": _preflight(document["preflight"]),
            "Schedule": schedule_text(document),
            "Next": _next(document),
            "Parameters": values(document["parameters"]),
            "Kernel": one_line(document["kernel"]["display_name"]),
            "Packages": _packages(environment),
            "Variables": one_line(", ".join(environment["variables"]), 2000) or "–",
            "Secrets": ", ".join(document["policies"]["secrets"]) or "–",
            "Files": one_line(", ".join(files), 2000) or "–",
            "Publishes": ", ".join(document["outputs"]) or "–",
            "Git": git_text(document["git"]),
            "Last run": last_result(document["last_run"]),
        }
    )
    candidate = document["candidate"]
    if candidate and candidate["version"] != document["version"]:
        _print_candidate(candidate)
    for finding in document["preflight"]["findings"]:
        print_finding(finding)


def _preflight(preflight: Document) -> str:
    """How it was tried and what that came to, with what it reached beyond its folder."""
    if preflight["mode"] == "none":
        return "none"
    said = f"{preflight['mode']}, {(preflight['verdict'] or 'under way').replace('_', ' ')}"
    for kind, items in (preflight["effects"] or {}).items():
        if items:
            said += f"; {kind}: {one_line(', '.join(items), 300)}"
    return said


def _print_candidate(candidate: Document) -> None:
    number, cell = candidate["version"], candidate["cell"]
    if candidate["state"] == "candidate":
        said = f"version {number} is being tried (run {candidate['run']})."
    else:
        where = "" if cell is None else f" in cell {cell + 1}"
        reason = one_line(candidate["reason"] or "", 2000).rstrip(".")
        said = f"version {number} was rejected{where}: {reason}. Run {candidate['run']} shows it."
    print_line("  ", (f"{'Newer':<11} ", "yellow"), said)


def print_finding(finding: Document) -> None:
    """Place and cause, then what helps on a line of its own."""
    cause = finding["cause"].replace("_", " ")
    place = cause if finding["cell"] is None else f"cell {finding['cell'] + 1}, {cause}"
    message = one_line(finding["message"], 2000)
    print_line("  ", (f"{'Note':<11} ", "yellow"), (place, "bold"), f": {message}")
    if finding["fix"]:
        print_line(" " * 14, ("→ ", "dim"), one_line(finding["fix"], 2000))


def _packages(environment: Document) -> str:
    if not environment["digest"]:
        return "not recorded, what is installed when a run starts"
    how = "locked" if environment["locked"] else "as the kernel has them when a run starts"
    return f"{len(environment['packages'])}, {how}"


def schedule_text(document: Document) -> str:
    schedule = document["schedule"]
    if not schedule:
        return NO_SCHEDULE
    return f"{document['schedule_text']} ({schedule['timezone']})"


def _next(document: Document) -> str:
    if document["paused"]:
        return "paused"
    return " · ".join(exact(fire) for fire in document["next_fires"]) or "–"


def git_text(git: Document | None) -> str:
    if git is None:
        return "–"
    return str(git["commit"])[:9] + (" with changes" if git["dirty"] else "")


@click.command()
@name
@as_json
def pause(name: str, as_json: bool) -> None:
    """Stop the schedule; nothing falls due until it is resumed.

    Example: jupyter deploy pause report
    """
    document = client().set_paused(name, True)
    if as_json:
        print_json(document)
    else:
        print_line(f"{name} is paused.")


@click.command()
@name
@as_json
def resume(name: str, as_json: bool) -> None:
    """Take the schedule up again.

    Example: jupyter deploy resume report
    """
    document = client().set_paused(name, False)
    fires = document["next_fires"]
    if as_json:
        print_json(document)
    else:
        print_line(f"{name} goes on", f", next {exact(fires[0])}." if fires else ".")


@click.command()
@name
@click.option("--yes", is_flag=True, help="Do not ask.")
@as_json
def delete(name: str, yes: bool, as_json: bool) -> int:
    """Take a deployment out of production; its runs stay readable.

    Example: jupyter deploy delete report --yes
    """
    engine = client()
    engine.deployment(name)
    if not yes and not _confirmed(name, as_json):
        say("Nothing was deleted.")
        return 1
    document = engine.delete(name)
    if as_json:
        print_json(document)
    else:
        print_line(f"{name} is out of production; jupyter deploy runs {name} shows its runs.")
    return 0


def _confirmed(name: str, as_json: bool) -> bool:
    if as_json or not sys.stdin.isatty():
        raise InvalidInput(f"Deleting {name!r} needs your word.", field="yes", hint="Add --yes.")
    return click.confirm(f"Take {name} out of production?")


COMMANDS = {
    "list": list_,
    "show": show,
    "pause": pause,
    "resume": resume,
    "delete": delete,
}
