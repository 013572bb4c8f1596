"""The engine's API: what changed between the results of two runs."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from jupyter_deploy.engine.comparing import Material
from jupyter_deploy.errors import InvalidInput
from jupyter_deploy.results.summary import summarize
from jupyter_deploy.server.base import EngineHandler
from jupyter_deploy.server.own_process import COMPARING, work
from jupyter_deploy.server.run_handlers import run_id

#: Patterns and tolerances of one request, and characters of a pattern.
MOST = 50
LONGEST = 500


class ComparingHandler(EngineHandler):
    async def compare(self, find: Callable[[], Material]) -> None:
        options = {
            "ignore": self._patterns(),
            "tolerances": self._tolerances(),
            "show_hidden": self._flag("hidden"),
            "pictures": self._flag("pictures"),
        }
        material = await self.on_core(find)
        notebooks = tuple(map(str, material.notebooks))
        question = {**options, "files": material.files}
        found = await work("jupyter_deploy.results", notebooks, question, COMPARING)
        self.send(_document(material, found))

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


class DiffHandler(ComparingHandler):
    async def get(self, number: str, other: str) -> None:
        a, b = run_id(number), run_id(other)
        await self.compare(lambda: self.service.material(a, b))


class LastGoodHandler(ComparingHandler):
    """A run against the last good one of its deployment before it."""

    async def get(self, number: str) -> None:
        run = run_id(number)
        await self.compare(lambda: self.service.since_last_good(run))


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


def _document(material: Material, found: dict[str, Any]) -> dict[str, Any]:
    runs = material.runs
    causes = {**material.causes, "code": found.pop("code"), "durations": found.pop("durations")}
    causes["inputs"] = _with_tables(causes["inputs"], found.pop("inputs"))
    document = {
        **{"a": runs[0], "b": runs[1], "deployments": list(material.deployments)},
        **{**found, "causes": causes},
    }
    cut = [run for run, is_cut in zip(runs, document.pop("cut"), strict=True) if is_cut]
    notes = [f"The outputs of run {run} were cut; what is missing was not compared." for run in cut]
    if material.deployments[0] != material.deployments[1]:
        of = " and ".join(material.deployments)
        notes.insert(0, f"The runs are of two deployments, {of}.")
    return {**document, "notes": notes, "summary": summarize(document)}


def _with_tables(inputs: list[dict[str, Any]], tables: dict[str, Any]) -> list[dict[str, Any]]:
    """Changed files with their rows and columns, null where they are no tables."""
    nothing: dict[str, Any] = {"rows": None, "columns": None}
    found = []
    for item in inputs:
        table = tables.get(item["name"], {})
        sides = {
            side: item[side] and {**item[side], **table.get(side, nothing)}
            for side in ("old", "new")
        }
        more = {key: table.get(key, []) for key in ("columns_added", "columns_removed")}
        found.append({**item, **sides, **more, "cut": table.get("cut")})
    return found
