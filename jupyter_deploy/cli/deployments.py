"""Commands on deployments."""

from __future__ import annotations

import sys

import click
from rich.text import Text

from jupyter_deploy.cli.common import Document, as_json, client, name, print_json, say
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
@as_json
def show(name: str, as_json: bool) -> None:
    """Show one deployment: what is live and when it runs next.

    Example: jupyter deploy show report
    """
    document = client().deployment(name)
    if as_json:
        print_json(document)
    else:
        print_deployment(document)


def print_deployment(document: Document) -> None:
    environment, since = document["environment"], moment(document["created_at"])
    files = [f"{item['path']} ({size(item['size'])})" for item in document["files"]]
    print_line((document["name"], "bold"))
    print_fields(
        {
            "Notebook": one_line(document["origin"] or document["notebook"], 2000),
            "Version": f"{document['version']}, {document['state']} since {since}",
            "Schedule": schedule_text(document),
            "Next": _next(document),
            "Parameters": values(document["parameters"]),
            "Kernel": one_line(document["kernel"]["display_name"]),
            "Packages": str(len(environment["packages"])) if environment["digest"] else "unknown",
            "Files": one_line(", ".join(files), 2000) or "–",
            "Git": _git(document["git"]),
            "Last run": last_result(document["last_run"]),
        }
    )
    for finding in document["preflight"]["findings"]:
        print_line("  ", (f"{'Note':<11} ", "yellow"), one_line(finding["message"], 2000))


def schedule_text(document: Document) -> str:
    schedule = document["schedule"]
    if not schedule:
        return NO_SCHEDULE
    return f"{document['schedule_text']} ({schedule['timezone']})"


def _next(document: Document) -> str:
    if document["paused"]:
        return "paused"
    return " · ".join(exact(fire) for fire in document["next_fires"]) or "–"


def _git(git: Document | None) -> str:
    if git is None:
        return "–"
    return str(git["commit"])[:9] + (" with changes" if git["dirty"] else "")


@click.command()
@name
@as_json
def versions(name: str, as_json: bool) -> None:
    """Show all versions of a deployment, newest first.

    Example: jupyter deploy versions report
    """
    document = client().versions(name)
    if as_json:
        print_json(document)
        return
    print_table(
        [">Version", "State", "Made", "By", "Schedule", "Parameters", "Git"],
        [_version_row(item) for item in document["versions"]],
    )


def _version_row(item: Document) -> list[str | Text]:
    return [
        str(item["version"]),
        item["state"],
        moment(item["created_at"]),
        one_line(item["created_by"] or "–"),
        item["schedule"]["cron"] if item["schedule"] else "–",
        values(item["parameters"]),
        _git(item["git"]),
    ]


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
    "versions": versions,
    "pause": pause,
    "resume": resume,
    "delete": delete,
}
