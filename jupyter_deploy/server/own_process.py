"""Work on results in a process of its own: engine and requests go on meanwhile."""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import dataclass
from typing import Any

from jupyter_deploy.errors import Conflict, InvalidInput, TooLarge, Unavailable

#: Seconds that one may take.
LIMIT = 100.0
#: At the same time; each has memory of its own.
_turn = asyncio.Semaphore(2)


@dataclass(frozen=True)
class Words:
    """How the work is called where it cannot be done."""

    cannot: str
    failed: str


COMPARING = Words("The results cannot be compared", "Comparing the results failed")
EXPLAINING = Words("The failure cannot be explained", "Explaining the failure failed")


async def work(module: str, arguments: tuple[str, ...], question: Any, words: Words) -> Any:
    """The module's answer. Raises InvalidInput, Conflict, TooLarge and Unavailable."""
    async with _turn:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", module, *arguments),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            talk = process.communicate(json.dumps(question).encode())
            said, complaint = await asyncio.wait_for(talk, LIMIT)
        except asyncio.TimeoutError:
            process.kill()
            raise TooLarge(
                f"{words.cannot} within {LIMIT:g} s.",
                hint="Print less, or write large tables to files.",
            ) from None
    return _answer(process.returncode, said, complaint.decode(errors="replace"), words)


def _answer(code: int | None, said: bytes, complaint: str, words: Words) -> Any:
    if code == 0:
        return json.loads(said)
    last = (complaint.strip().splitlines() or [f"it ended with {code}"])[-1]
    if code == 2:
        raise InvalidInput(f"{words.cannot}: {last}.", field="ignore")
    if code == 3:
        raise Conflict(
            f"{words.cannot}: {last}.",
            hint="Something has changed the file since it was written; run it again.",
        )
    if "MemoryError" in complaint or code == -9:
        raise TooLarge(
            f"{words.cannot}: the outputs are too large.",
            hint="Print less, or write large tables to files.",
        )
    raise Unavailable(
        f"{words.failed}: {last}.",
        hint="Nothing was changed. `jupyter deploy doctor` may say more.",
    )
