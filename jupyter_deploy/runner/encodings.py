"""How a secret may look in an output: its parts, and their spellings."""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, quote_plus, unquote, urlsplit

from jupyter_deploy.domain.variables import SHORTEST

#: Characters from which a line of a secret counts as one, and a text in a JSON document.
_LINE = 8
_JSON_TEXT = 16
#: Characters of base64 that are no longer found by chance in the data of an image.
_BASE64 = 8
_PASSWORD = re.compile(r"(?:password|pwd|accountkey|accesskey)\s*=\s*([^;&\s]+)", re.IGNORECASE)


def spellings(value: str) -> list[str]:
    """All texts to look for, the longest first: they may contain each other."""
    found = {text for part in _parts(value) for text in _spelled(part)}
    return sorted((text for text in found if len(text) >= SHORTEST), key=lambda text: -len(text))


def _parts(value: str) -> Iterator[str]:
    """The value and what is secret by itself in it."""
    yield value
    yield from _lines(value)
    yield from _passwords(value)
    for text in _texts(_json(value)):
        if len(text) >= _JSON_TEXT:
            yield text
            yield from _lines(text)


def _lines(value: str) -> list[str]:
    lines = [line.strip() for line in value.splitlines()]
    return [line for line in lines if len(line) >= _LINE]


def _passwords(value: str) -> Iterator[str]:
    """Of an address, and of a connection string."""
    try:
        password = urlsplit(value).password
    except ValueError:  # brackets that are no address
        password = None
    if password:
        yield password
        yield unquote(password)
    yield from _PASSWORD.findall(value)


def _json(value: str) -> Any:
    try:
        return json.loads(value) if value.lstrip()[:1] in ("{", "[") else None
    except (ValueError, RecursionError):
        return None


def _texts(document: Any) -> Iterator[str]:
    if isinstance(document, str):
        yield document
    elif isinstance(document, (dict, list)):
        for item in document.values() if isinstance(document, dict) else document:
            yield from _texts(item)


def _spelled(text: str) -> Iterator[str]:
    raw = text.encode()
    for escaped in (text, *_escaped(text)):
        yield escaped
        yield from _escaped(escaped)  # JSON in JSON, a repr in a repr
    for quotes in ({}, {"'": "&#39;", '"': "&#34;"}, {"'": "&apos;", '"': "&quot;"}):
        marked = html.escape(text, quote=False)
        for sign, entity in quotes.items():
            marked = marked.replace(sign, entity)
        yield marked
    yield html.escape(text)
    yield from _in_addresses(text, raw)
    units = memoryview(text.encode("utf-16-le")).cast("H")
    yield "".join(f"\\u{unit:04x}" for unit in units)
    yield "".join(f"\\u{unit:04X}" for unit in units)
    yield raw.hex()
    yield raw.hex().upper()
    yield from _base64(raw)


def _escaped(text: str) -> tuple[str, ...]:
    """In JSON and in Python's source, without the quotes around."""
    as_json = json.dumps(text)[1:-1]
    return (
        as_json,
        as_json.replace("/", "\\/"),
        json.dumps(text, ensure_ascii=False)[1:-1],
        repr(text)[1:-1],
        ascii(text)[1:-1],
        repr(text.encode())[2:-1],
        text.replace("\n", "\r\n"),
    )


def _in_addresses(text: str, raw: bytes) -> Iterator[str]:
    everything = "".join(f"%{byte:02X}" for byte in raw)
    for spelled in (quote(text), quote(text, safe=""), quote_plus(text), everything):
        yield spelled
        yield re.sub("%[0-9A-F]{2}", lambda code: code[0].lower(), spelled)


def _base64(raw: bytes) -> Iterator[str]:
    """What is the same whatever stands before and behind, for each place in three bytes."""
    for before in range(3):
        encoded = base64.b64encode(bytes(before) + raw).decode()
        core = encoded[-(-8 * before // 6) : 8 * (before + len(raw)) // 6]
        for spelled in (core, encoded if before == 0 else ""):
            if len(spelled) >= _BASE64:
                yield spelled
                yield spelled.replace("+", "-").replace("/", "_")
