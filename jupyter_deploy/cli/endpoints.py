"""The command that says where published outputs are, and how to get them."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from jupyter_deploy.cli.common import Document, as_json, client, name, print_json, say
from jupyter_deploy.cli.render import one_line, print_line


@click.command()
@name
@as_json
def endpoints(name: str, as_json: bool) -> None:
    """Show the addresses of published outputs, each with a ready curl line.

    The curl lines read a token of this machine's own from a file that only you can read.

    Example: jupyter deploy endpoints report
    """
    from jupyter_deploy.client.readers import header_file, reader_address
    from jupyter_deploy.config import load_settings

    engine = client()
    overview = engine.outputs(name)
    settings = load_settings()
    header = header_file(settings, engine, name)
    base, by = reader_address(settings, engine.url, header, name)
    document = {
        "deployment": name,
        "served_by": by,
        "header_file": str(header),
        "current": overview["current"],
        "problem": overview["problem"],
        "outputs": [_with_address(item, base, header) for item in overview["outputs"]],
    }
    if as_json:
        print_json(document)
    else:
        _print(document)


def _with_address(output: Document, base: str, header: Path) -> Document:
    address = f"{base}/{output['address']}"
    words = ["curl", "-H", f"@{header}"]
    if output["kind"] in ("file", "report") and output["filename"]:
        words += ["-o", output["filename"]]
    return {**output, "address": address, "curl": shlex.join([*words, address])}


def _print(document: Document) -> None:
    name, current = document["deployment"], document["current"]
    if not document["outputs"]:
        say(f"{name} publishes nothing. Declare outputs in its deployment file or with --publish.")
        return
    if current is None:
        say(f"{name} has published nothing yet; its first good run will.")
    else:
        told = f"  {current['sentence']} (run {current['run']}, version {current['version']})"
        print_line((name, "bold"), told)
    for sentence in (document["problem"], current and current["warning"]):
        if sentence:
            print_line("  ", ("! ", "yellow"), one_line(sentence, 2000))
    for output in document["outputs"]:
        _print_output(output)
    if document["served_by"] == "engine":
        say("No Jupyter server with the extension runs: the engine's address is new at each start.")


def _print_output(output: Document) -> None:
    state = "" if output["published"] else " (not published yet)"
    print_line()
    print_line((output["name"], "bold"), f"  {output['kind']}{state}")
    if output["published"]:
        print_line(f"  {output['address']}")
        print_line(f"  {', '.join(output['media_types'])}")
        click.echo(f"  {output['curl']}")


COMMANDS = {"endpoints": endpoints}
