"""Commands on the versions of a deployment."""

from __future__ import annotations

import click
from rich.text import Text

from jupyter_deploy.cli.common import Document, as_json, client, name, print_json
from jupyter_deploy.cli.deployments import git_text
from jupyter_deploy.cli.render import moment, one_line, plain, print_line, print_table, values

_SIGNS = {"changed": "~", "added": "+", "removed": "-"}
_STYLES = {"+": "green", "-": "red", "@": "dim"}


@click.command()
@name
@click.option("--diff", "pair", nargs=2, type=click.IntRange(min=1), metavar="OLD NEW",
              help="What changed between two: code, packages, parameters and more.")  # fmt: skip
@as_json
def versions(name: str, pair: tuple[int, int] | None, as_json: bool) -> None:
    """Show all versions of a deployment, newest first, or what changed between two.

    Example: jupyter deploy versions report --diff 3 4
    """
    engine = client()
    document = engine.version_changes(name, *pair) if pair else engine.versions(name)
    if as_json:
        print_json(document)
    elif pair:
        _print_changes(document)
    else:
        print_table(
            [">Version", "State", "Made", "By", "Schedule", "Parameters", "Git"],
            [_row(item) for item in document["versions"]],
        )


def _row(item: Document) -> list[str | Text]:
    return [
        str(item["version"]),
        item["state"],
        moment(item["created_at"]),
        one_line(item["created_by"] or "–"),
        item["schedule"]["cron"] if item["schedule"] else "–",
        values(item["parameters"]),
        git_text(item["git"]),
    ]


def _print_changes(document: Document) -> None:
    versions = f"version {document['since']} and version {document['version']}"
    changes = document["changes"]
    if not changes:
        print_line(f"Nothing differs between {versions}.")
        return
    kinds = list(dict.fromkeys(item["kind"] for item in changes))
    print_line(f"Between {versions} differ: {', '.join(kinds)}.")
    for kind in kinds:
        print_line((kind.capitalize(), "bold"))
        for item in changes:
            if item["kind"] == kind:
                _print_change(item)


def _print_change(item: Document) -> None:
    sign, name = _SIGNS[item["change"]], one_line(item["name"])
    if item["kind"] == "code":
        print_line(f"  {sign} cell {name}")
        for line in (item["diff"] or "").splitlines():
            print_line("      ", (plain(line), _STYLES.get(line[:1], "")))
        return
    sides = [one_line(item[side]) for side in ("old", "new") if item[side]]
    print_line(f"  {sign} {name}  ", " → ".join(sides))


COMMANDS = {"versions": versions}
