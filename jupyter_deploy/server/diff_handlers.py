"""The engine's API: what changed between the results of two runs."""

from __future__ import annotations

import asyncio
import json
import math
import sys
from pathlib import Path
from typing import Any

from jupyter_deploy.engine.comparing import Material
from jupyter_deploy.errors import Conflict, InvalidInput, TooLarge, Unavailable
from jupyter_deploy.results.summary import summarize
from jupyter_deploy.server.base import EngineHandler
from jupyter_deploy.server.run_handlers import run_id

#: Seconds that comparing may take.
LIMIT = 100.0
#: Patterns and tolerances of one request, and characters of a pattern.
MOST = 50
LONGEST = 500
#: Comparisons at the same time; each is a process with memory of its own.
_turn = asyncio.Semaphore(2)


class DiffHandler(EngineHandler):
    async def get(self, number: str, other: str) -> None:
        options = {
            "ignore": self._patterns(),
            "tolerances": self._tolerances(),
            "show_hidden": self._flag("hidden"),
        }
        a, b = run_id(number), run_id(other)
        material = await self.on_core(lambda: self.service.material(a, b))
        async with _turn:
            found = await _compare(material.notebooks, options)
        self.send(_document((a, b), material, found))

    def _patterns(self) -> list[str]:
        patterns = self.get_query_arguments("ignore", strip=False)
        if len(patterns) > MOST or any(len(pattern) > LONGEST for pattern in patterns):
            raise InvalidInput(
                f"At most {MOST} patterns of {LONGEST} characters may be ignored.", field="ignore"
            )
        return patterns

    def _tolerances(self) -> dict[str, float]:
        given = self.get_query_arguments("tolerance")
        if len(given) > MOST:
            raise InvalidInput(f"At most {MOST} tolerances may be given.", field="tolerance")
        return dict(map(_tolerance, given))

    def _flag(self, name: str) -> bool:
        text = self.get_query_argument(name, "false")
        if text not in ("true", "false"):
            raise InvalidInput(f"{name} is true or false, not {text!r}.", field=name)
        return text == "true"


def _tolerance(text: str) -> tuple[str, float]:
    name, _, value = text.rpartition("=")
    try:
        number = float(value)
    except ValueError:
        number = math.nan
    if not name or not number >= 0 or math.isinf(number):
        raise InvalidInput(
            f"{text!r} is not a tolerance.",
            field="tolerance",
            hint="Name a metric or a column and how much it may change, for example auc=0.01.",
        )
    return name, number


async def _compare(notebooks: tuple[Path, Path], options: dict[str, Any]) -> dict[str, Any]:
    """Raises InvalidInput for what cannot be compared, TooLarge and Unavailable."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "jupyter_deploy.results", *map(str, notebooks)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        talk = process.communicate(json.dumps(options).encode())
        said, complaint = await asyncio.wait_for(talk, LIMIT)
    except asyncio.TimeoutError:
        process.kill()
        raise TooLarge(
            f"The results could not be compared within {LIMIT:g} s.",
            hint="Print less, or write large tables to files.",
        ) from None
    return _answer(process.returncode, said, complaint.decode(errors="replace"))


def _answer(code: int | None, said: bytes, complaint: str) -> dict[str, Any]:
    if code == 0:
        found: dict[str, Any] = json.loads(said)
        return found
    last = (complaint.strip().splitlines() or [f"it ended with {code}"])[-1]
    if code == 2:
        raise InvalidInput(f"The results cannot be compared: {last}.", field="ignore")
    if code == 3:
        raise Conflict(
            f"The results cannot be compared: {last}.",
            hint="Something has changed the file since it was written; run it again.",
        )
    if "MemoryError" in complaint or code == -9:
        raise TooLarge(
            "The results are too large to be compared.",
            hint="Print less, or write large tables to files.",
        )
    raise Unavailable(
        f"Comparing the results failed: {last}.",
        hint="Nothing was changed. `jupyter deploy doctor` may say more.",
    )


def _document(runs: tuple[int, int], material: Material, found: dict[str, Any]) -> dict[str, Any]:
    causes = {**material.causes, "code": found.pop("code"), "durations": found.pop("durations")}
    document = {"a": runs[0], "b": runs[1], **found, "causes": causes}
    cut = [run for run, is_cut in zip(runs, document.pop("cut"), strict=True) if is_cut]
    notes = [f"The outputs of run {run} were cut; what is missing was not compared." for run in cut]
    if material.deployments[0] != material.deployments[1]:
        of = " and ".join(material.deployments)
        notes.insert(0, f"The runs are of two deployments, {of}.")
    return {**document, "notes": notes, "summary": summarize(document)}
