"""What stands in the way of an environment."""

from __future__ import annotations

import re

#: User and password in an address.
CREDENTIALS = re.compile(r"(?<=://)[^/@\s]*@")


class BuildError(Exception):
    """It cannot be built; the text is why, as one sentence. `full`: the disk is."""

    def __init__(self, reason: str, *, full: bool = False) -> None:
        super().__init__(reason)
        self.full = full
