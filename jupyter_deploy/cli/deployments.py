"""Commands on deployments."""

from __future__ import annotations

import sys

import click
from rich.markup import escape

from jupyter_deploy.cli.common import as_json, client, print_json, say
from jupyter_deploy.cli.render import (
    Document,
    exact,
    last_result,
    moment,
    print_line,
    print_table,
    size,
    values,
)
from jupyter_deploy.errors import InvalidInput


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


def _row(item: Document) -> list[str]:
    fires = item["next_fires"]
    following = "paused" if item["paused"] else moment(fires[0]) if fires else "–"
    return [
        item["name"],
        str(item["version"]),
        last_result(item["last_run"]),
        following,
        item["schedule_text"] or "when started",
        escape(item["notebook"]),
    ]


@click.command()
@click.argument("name")
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
    environment = document["environment"]
    schedule = document["schedule"]
    lines = {
        "Notebook": escape(document["notebook"]),
        "Version": f"{document['version']}, {document['state']} since "
        f"{moment(document['created_at'])}",
        "Schedule": f"{document['schedule_text']} ({schedule['timezone']})"
        if schedule
        else "runs when started",
        "Next": "paused"
        if document["paused"]
        else " · ".join(exact(fire) for fire in document["next_fires"]) or "–",
        "Parameters": escape(values(document["parameters"])),
        "Kernel": escape(document["kernel"]["display_name"]),
        "Packages": str(len(environment["packages"]))
        if environment["digest"]
        else "unknown",
        "Files": ", ".join(
            f"{f['path']} ({size(f['size'])})" for f in document["files"]
        )
        or "–",
        "Last run": last_result(document["last_run"]),
    }
    print_line(f"[bold]{document['name']}[/bold]")
    for name, text in lines.items():
        print_line(f"  {name:<11} {text}")
    for finding in document["preflight"]["findings"]:
        print_line(f"  [yellow]Note[/yellow]        {escape(finding['message'])}")


@click.command()
@click.argument("name")
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
        [">Version", "State", "Made", "By", "Parameters", "Git"],
        [
            [
                str(item["version"]),
                item["state"],
                moment(item["created_at"]),
                item["created_by"] or "–",
                escape(values(item["parameters"])),
                _git(item["git"]),
            ]
            for item in document["versions"]
        ],
    )


def _git(git: Document | None) -> str:
    if git is None:
        return "–"
    return git["commit"][:9] + (" with changes" if git["dirty"] else "")


@click.command()
@click.argument("name")
@as_json
def pause(name: str, as_json: bool) -> None:
    """Stop the schedule; nothing falls due until it is resumed.

    Example: jupyter deploy pause report
    """
    _set_paused(name, True, as_json)


@click.command()
@click.argument("name")
@as_json
def resume(name: str, as_json: bool) -> None:
    """Take the schedule up again.

    Example: jupyter deploy resume report
    """
    _set_paused(name, False, as_json)


def _set_paused(name: str, paused: bool, as_json: bool) -> None:
    document = client().set_paused(name, paused)
    if as_json:
        print_json(document)
    elif paused:
        print_line(f"{name} is paused.")
    else:
        fires = document["next_fires"]
        print_line(f"{name} goes on" + (f", next {exact(fires[0])}." if fires else "."))


@click.command()
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
@as_json
def delete(name: str, yes: bool, as_json: bool) -> None:
    """Take a deployment out of production; its runs stay readable.

    Example: jupyter deploy delete report --yes
    """
    engine = client()
    engine.deployment(name)
    if not yes:
        if as_json or not sys.stdin.isatty():
            raise InvalidInput(f"Deleting {name!r} needs your word.", hint="Add --yes.")
        click.confirm(f"Take {name} out of production?", abort=True)
    document = engine.delete(name)
    if as_json:
        print_json(document)
    else:
        print_line(
            f"{name} is out of production; `jupyter deploy runs` still shows its runs."
        )


COMMANDS = {
    "list": list_,
    "show": show,
    "versions": versions,
    "pause": pause,
    "resume": resume,
    "delete": delete,
}
