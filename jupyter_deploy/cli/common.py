"""What the commands share: the client, options, output."""

from __future__ import annotations

import getpass
import json
import os
import sys
from typing import TYPE_CHECKING, Any, ClassVar

import click

from jupyter_deploy.domain.names import check_name
from jupyter_deploy.errors import DeployError, InvalidInput

if TYPE_CHECKING:  # a usage error need not wait for the HTTP client
    from jupyter_deploy.client.api import EngineClient

Document = dict[str, Any]

#: A header's value: what HTTP can carry, within the API's limit.
MAX_KEY = 200


class StoppedError(DeployError):
    """The user stopped watching; what is watched goes on."""

    kind: ClassVar[str] = "interrupted"
    exit_code: ClassVar[int] = 130


def client() -> EngineClient:
    """A client of this data directory's engine, which is started when needed."""
    from jupyter_deploy.client.api import EngineClient
    from jupyter_deploy.client.launch import ensure_engine
    from jupyter_deploy.config import load_settings

    endpoint = ensure_engine(load_settings())
    found = EngineClient(endpoint.url, endpoint.token, user=_user())
    click.get_current_context().call_on_close(found.close)
    return found


def _user() -> str | None:
    try:
        name = getpass.getuser()
    except (KeyError, OSError):
        return None
    return name if name.isascii() else None  # a header carries ASCII


def no_color() -> bool:
    """Whether the user wants no colours (https://no-color.org)."""
    return bool(os.environ.get("NO_COLOR"))


def print_json(document: Document) -> None:
    text = json.dumps(document, indent=2, ensure_ascii=False)
    try:
        text.encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:  # a lone surrogate, or a terminal that knows few letters
        text = json.dumps(document, indent=2)
    click.echo(text)


def say(text: str) -> None:
    """A message beside the output."""
    click.echo(text, err=True)


def _checked_name(_context: click.Context, _option: click.Parameter, name: str | None) -> Any:
    return None if name is None else check_name(name)


def _checked_key(_context: click.Context, _option: click.Parameter, key: str | None) -> str | None:
    if key is None or (1 <= len(key) <= MAX_KEY and key.isascii() and key.isprintable()):
        return key
    raise InvalidInput(
        f"{key!r} cannot be a key.",
        field="key",
        hint=f"Use 1 to {MAX_KEY} letters, digits and signs, for example 2026-05-01-eu.",
    )


as_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
name = click.argument("name", callback=_checked_name)
optional_name = click.argument("name", required=False, callback=_checked_name)
run_id = click.argument("run_id", metavar="RUN", type=click.IntRange(min=1))
key = click.option("--key", callback=_checked_key, help="The same key gives the same run.")
