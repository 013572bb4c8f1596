"""Commands on secrets: names go in and out, values only in."""

from __future__ import annotations

import getpass
import sys

import click

from jupyter_deploy.cli.common import Document, as_json, client, print_json, say
from jupyter_deploy.cli.render import moment, print_table
from jupyter_deploy.domain.variables import LONGEST, check_secret_name, check_secret_value
from jupyter_deploy.errors import InvalidInput

_ON_STDIN = 'printf %s "$VALUE" | jupyter deploy secret set {name}'


def _checked(_context: click.Context, _argument: click.Parameter, name: str) -> str:
    return check_secret_name(name)


_name = click.argument("name", callback=_checked)


@click.group()
def secret() -> None:
    """Passwords and tokens that runs get as variables of their environment.

    Example: jupyter deploy secret set ORDERS_DB_URL
    """


@secret.command("set")
@_name
@click.argument("rest", nargs=-1)
@as_json
def set_(name: str, rest: tuple[str, ...], as_json: bool) -> None:
    """Keep a value, read from standard input or asked for.

    One line break at its end is not part of it.

    Example: jupyter deploy secret set ORDERS_DB_URL < url.txt
    """
    if rest:
        raise InvalidInput(
            "A value on the command line can be read by everybody on this machine, and stays in "
            "your shell's history.",
            field="value",
            hint=f"Give it on standard input: {_ON_STDIN.format(name=name)}",
        )
    document = client().set_secret(name, check_secret_value(_read(name)))
    if as_json:
        print_json(document)
    else:
        say(f"{name} is set.{_unused(document)}")


def _unused(document: Document) -> str:
    name = document["name"]
    if document["used_by"]:
        return f" The next runs of {', '.join(document['used_by'])} get it."
    return f" `jupyter deploy notebook PATH --secret {name}` gives it to a notebook."


def _read(name: str) -> str:
    """Raises InvalidInput for what is no text."""
    if sys.stdin and sys.stdin.isatty():
        return getpass.getpass(f"Value of {name}: ")
    content = sys.stdin.buffer.read(LONGEST + 3) if sys.stdin else b""
    try:
        text = content.decode()
    except UnicodeDecodeError:
        raise InvalidInput(
            "The value is not UTF-8.", field="value", hint="Encode bytes, for example with base64."
        ) from None
    return text.removesuffix("\n").removesuffix("\r")


@secret.command("list")
@as_json
def list_(as_json: bool) -> None:
    """Show the names of all secrets, and where they are kept.

    Example: jupyter deploy secret list
    """
    document = client().secrets()
    if as_json:
        print_json(document)
    elif not document["secrets"]:
        say("There are no secrets. Set one with: jupyter deploy secret set NAME")
    else:
        rows = [
            [item["name"], moment(item["set_at"]), ", ".join(item["used_by"]) or "–"]
            for item in document["secrets"]
        ]
        print_table(["Secret", "Set", "Used by"], rows)
        say(f"Kept in {document['kept_in']}.")


@secret.command()
@_name
@click.option("--force", is_flag=True, help="Also when deployments need it.")
@as_json
def delete(name: str, force: bool, as_json: bool) -> None:
    """Forget a value for good.

    Example: jupyter deploy secret delete ORDERS_DB_URL
    """
    document = client().delete_secret(name, force=force)
    if as_json:
        print_json(document)
    else:
        say(f"{name} is deleted.")
        if document["used_by"]:
            say(f"Runs of {', '.join(document['used_by'])} fail until it is set again.")


COMMANDS = {"secret": secret}
