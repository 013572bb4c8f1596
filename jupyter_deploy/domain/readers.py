"""Tokens that open what one deployment publishes, and nothing else."""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from jupyter_deploy.errors import InvalidInput

#: Time within which a second use is not noted again.
REST = timedelta(minutes=1)
LONGEST_LABEL = 100
#: Tokens of one deployment that are in force.
MOST = 100


#: So that a token is recognized where it should not be; the rest is of `token_urlsafe(32)`.
PREFIX = "jdr_"
_SECRET = re.compile(PREFIX + "[A-Za-z0-9_-]{43}")


@dataclass(frozen=True)
class Reader:
    """A token as it is kept: the secret itself is nowhere but with who reads."""

    id: int
    deployment: str
    label: str
    digest: str
    created_at: datetime
    created_by: str | None
    revoked_at: datetime | None = None
    used_at: datetime | None = None

    def is_due(self, now: datetime) -> bool:
        """Whether a use at this moment is to be noted."""
        return self.used_at is None or now - self.used_at >= REST

    def opens(self, name: str, digest: str) -> bool:
        """Whether the token with this digest opens the deployment; takes the same time for all."""
        same = hmac.compare_digest(self.digest, digest)
        return same and self.deployment == name and self.revoked_at is None


def is_secret(text: str) -> bool:
    """Whether it may be a token: what cannot be one is refused without a look at the database."""
    return _SECRET.fullmatch(text) is not None


def digest_of_secret(secret: str) -> str:
    return "sha256:" + hashlib.sha256(secret.encode(errors="replace")).hexdigest()


def check_label(label: str) -> str:
    """The label without space around it. Raises InvalidInput."""
    label = label.strip()
    if len(label) > LONGEST_LABEL or not label.isprintable():
        raise InvalidInput(
            f"A label is one line of at most {LONGEST_LABEL} characters.", field="label"
        )
    return label
