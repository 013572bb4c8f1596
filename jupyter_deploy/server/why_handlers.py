"""The engine's API: why a run failed."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from jupyter_deploy.engine.explaining import Question
from jupyter_deploy.server.base import EngineHandler
from jupyter_deploy.server.own_process import EXPLAINING, work
from jupyter_deploy.server.run_handlers import run_id


class WhyHandler(EngineHandler):
    async def get(self, number: str) -> None:
        wanted = run_id(number)
        self.send(await _answer(await self.on_core(lambda: self.service.question(wanted))))


async def _answer(question: Question) -> dict[str, Any]:
    document: dict[str, Any] = {
        "run": question.run.id,
        "last_good": question.good.run if question.good else None,
        "sentence": question.answer,
        "cell": question.run.cell,
        "line": None,
        "causes": [],
    }
    if question.side is None:
        return document
    sides = {"run": asdict(question.side), "last_good": question.good and asdict(question.good)}
    return {**document, **await work("jupyter_deploy.results.why", (), sides, EXPLAINING)}
