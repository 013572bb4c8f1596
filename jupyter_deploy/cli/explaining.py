"""The command that says why a run failed."""

from __future__ import annotations

import click

from jupyter_deploy.cli.common import Document, as_json, client, print_json
from jupyter_deploy.cli.render import one_line, print_line, print_table

#: Characters of a message that a terminal shows.
LONGEST = 600


@click.command()
@click.argument("run", type=click.IntRange(min=1))
@as_json
def why(run: int, as_json: bool) -> None:
    """Say why a run failed, and what may have caused it.

    What differs from the last good run of the deployment comes with it, the likeliest
    cause first.

    Example: jupyter deploy why 42
    """
    document = client().why(run)
    if as_json:
        print_json(document)
    else:
        _show(document)


def _show(document: Document) -> None:
    print_line((one_line(document["sentence"], 2000), "bold"))
    line = document["line"]
    if line:
        where = line["file"] or f"cell {document['cell'] + 1}"
        print_line((f"  {where}, line {line['number']}: ", "dim"), one_line(line["text"], LONGEST))
    if document["causes"]:
        print_line(("\nLikely causes", "bold"))
        rows = [
            [f"{cause['score']:.0%}".replace("%", " %"), cause["kind"],
             one_line(cause["message"], LONGEST)]
            for cause in document["causes"]
        ]  # fmt: skip
        print_table([">Score", "Kind", "What"], rows)
    if document["last_good"]:
        print_line(f"`jupyter deploy diff {document['last_good']} {document['run']}` shows more.")


COMMANDS = {"why": why}
