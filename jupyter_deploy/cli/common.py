"""What the commands share: the client, options, output."""

from __future__ import annotations

import getpass
import json
from collections.abc import Callable
from typing import Any, TypeVar

import click

from jupyter_deploy.client.api import Document, EngineClient
from jupyter_deploy.client.launch import ensure_engine
from jupyter_deploy.config import load_settings

Command = TypeVar("Command", bound=Callable[..., Any])

as_json = click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON document."
)


def client() -> EngineClient:
    """A client of this data directory's engine, which is started when needed."""
    endpoint = ensure_engine(load_settings())
    return EngineClient(endpoint.url, endpoint.token, user=_user())


def _user() -> str | None:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return None


def print_json(document: Document) -> None:
    click.echo(json.dumps(document, indent=2, ensure_ascii=False))


def say(text: str) -> None:
    """A message beside the output."""
    click.echo(text, err=True)
