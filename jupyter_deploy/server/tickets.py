"""Tickets: what a page's frame shows its report with.

A report holds code of anybody and can read its own address, so that must not hold a token. A
ticket opens just this one report, for a while.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import time

#: Seconds.
LIFE = 600
_FORM = re.compile(r"([0-9]{1,12})-([0-9a-f]{64})")


def make_ticket(secret: str, place: str) -> str:
    """A ticket for this place from now on."""
    ends = int(time.time()) + LIFE
    return f"{ends}-{_sign(secret, place, ends)}"


def is_valid(secret: str, place: str, ticket: str) -> bool:
    found = _FORM.fullmatch(ticket)
    if found is None or int(found[1]) < time.time():
        return False
    return hmac.compare_digest(_sign(secret, place, int(found[1])), found[2])


def _sign(secret: str, place: str, ends: int) -> str:
    text = f"ticket\n{place}\n{ends}"
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()
