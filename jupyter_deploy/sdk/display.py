"""Display data with a card beside it."""

from __future__ import annotations

import html
import sys
from collections.abc import Mapping
from typing import Any

#: Characters of a name.
LONGEST_NAME = 200

_CARD = (
    '<div style="display:inline-block;padding:4px 10px;border:1px solid '
    'var(--jp-border-color2,#bdbdbd);border-radius:2px"><span style="opacity:.7">{kind}</span> '
    "<b>{name}</b> {body}</div>"
)


def media_type(kind: str) -> str:
    return f"application/vnd.jupyter-deploy.{kind}.v1+json"


def check_name(name: object) -> str:
    """Raises TypeError and ValueError."""
    if not isinstance(name, str):
        raise TypeError(f"A name is a text, not {type(name).__name__}.")
    stripped = name.strip()
    if not stripped or len(stripped) > LONGEST_NAME or not stripped.isprintable():
        raise ValueError(f"A name has 1 to {LONGEST_NAME} printable characters, not {name!r}.")
    return stripped


def show(kind: str, content: Mapping[str, Any], body: str, *, markup: bool = False) -> None:
    """Emit what is recorded; `body` is what the card says, as HTML where `markup` says so."""
    name = str(content["name"])
    plain = f"{kind} {name}" if markup else f"{kind} {name} {body}".rstrip()
    interactive = sys.modules.get("IPython")
    if interactive is None or interactive.get_ipython() is None:
        print(plain)  # noqa: T201, nothing else can show it
        return
    from IPython.display import display

    said = body if markup else html.escape(body)
    card = _CARD.format(kind=kind, name=html.escape(name), body=said)
    data = {media_type(kind): content, "text/html": card, "text/plain": plain}
    display(data, raw=True)
