"""Commands on the tokens of readers."""

from __future__ import annotations

import click

from jupyter_deploy.cli.common import Document, as_json, client, name, print_json, say
from jupyter_deploy.cli.render import moment, one_line, print_table


@click.group()
def token() -> None:
    """Tokens that open what a deployment publishes, and nothing else.

    Example: jupyter deploy token create report --label "for Ada"
    """


@token.command()
@name
@click.option("--label", default="", help="Whose it is, or what for.")
@as_json
def create(name: str, label: str, as_json: bool) -> None:
    """Make a token; its secret is shown now and never again.

    Example: jupyter deploy token create report --label "for Ada"
    """
    document = client().create_token(name, label)
    if as_json:
        print_json(document)
        return
    click.echo(document["secret"])  # alone, for scripts
    say(f"Token {document['id']} of {name}. It is shown only now; put it into a header")
    say("`Authorization: token …`, or behind an address as ?token=…")


@token.command("list")
@name
@as_json
def list_(name: str, as_json: bool) -> None:
    """Show the tokens of a deployment, newest first.

    Example: jupyter deploy token list report
    """
    document = client().tokens(name)
    if as_json:
        print_json(document)
    elif not document["tokens"]:
        say(f"{name} has no tokens. Make one with: jupyter deploy token create {name}")
    else:
        columns = [">Token", "Label", "Made", "By", "Used", "State"]
        print_table(columns, [_row(item) for item in document["tokens"]])


def _row(item: Document) -> list[str]:
    return [
        str(item["id"]),
        one_line(item["label"]) or "–",
        moment(item["created_at"]),
        one_line(item["created_by"] or "–"),
        moment(item["used_at"]) if item["used_at"] else "never",
        f"revoked {moment(item['revoked_at'])}" if item["revoked_at"] else "in force",
    ]


@token.command()
@name
@click.argument("token_id", metavar="TOKEN", type=click.IntRange(min=1))
@as_json
def revoke(name: str, token_id: int, as_json: bool) -> None:
    """Close a token for good.

    Example: jupyter deploy token revoke report 3
    """
    document = client().revoke_token(name, token_id)
    if as_json:
        print_json(document)
    else:
        say(f"Token {token_id} of {name} opens nothing any more.")


COMMANDS = {"token": token}
