"""What the processes that read results have in common."""

from __future__ import annotations

import resource
import sys
from contextlib import suppress

#: Bytes that one may take.
MEMORY = 4 * 1024**3
BAD_PATTERN, UNREADABLE = 2, 3


def limit_memory() -> None:
    highest = resource.getrlimit(resource.RLIMIT_AS)[1]
    with suppress(ValueError, OSError):  # macOS takes no such limit
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, highest))


def refuse(sentence: str, code: int) -> int:
    print(sentence, file=sys.stderr)  # noqa: T201, it is the answer
    return code
