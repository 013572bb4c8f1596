"""The engine's API: how the runs of a deployment went, and how long things usually take."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from jupyter_deploy.domain.history import Failing, Past
from jupyter_deploy.domain.runs import RunState
from jupyter_deploy.engine.history import Chronicle
from jupyter_deploy.results.history import matrix, usual_seconds
from jupyter_deploy.server.base import EngineHandler
from jupyter_deploy.server.documents import Document, moment
from jupyter_deploy.server.run_handlers import run_id

#: Runs that one answer tells.
MOST = 10_000
#: States whose reason the calendar tells; others are read at the run.
_TOLD = (RunState.MISSED, RunState.SKIPPED, RunState.FAILED)


class HistoryHandler(EngineHandler):
    async def get(self, name: str) -> None:
        limit = self.integer("runs", 1000, 1, MOST)
        found = await self.on_core(lambda: self.service.chronicle(name, limit + 1))
        document = await asyncio.to_thread(_history, found, limit)
        self.send({"deployment": name, **document, "more": len(found.runs) > limit})


class UsualHandler(EngineHandler):
    async def get(self, number: str) -> None:
        found = await self.on_core(lambda: self.service.usual(run_id(number)))
        self.send(await asyncio.to_thread(_usual, found))


def _history(found: Chronicle, limit: int) -> Document:
    rows = matrix(found.told, found.good, found.cells, found.notebooks)
    return {
        "usual": usual_seconds(found.good),
        "failing": _failing(found.failing),
        "runs": _columns(found.runs[:limit]),
        "matrix": {
            "runs": [run.id for run in found.told],
            "cells": [asdict(row) for row in rows],
        },
    }


def _failing(found: Failing | None) -> Document | None:
    if found is None:
        return None
    good = found.last_good
    return {
        "cell": found.newest.cell,
        "since": {"run": found.since.id, "at": moment(found.since.at), "cell": found.since.cell},
        "runs": found.runs,
        "last_good": {"run": good.id, "at": moment(good.at)} if good else None,
    }


def _columns(runs: Sequence[Past]) -> dict[str, list[Any]]:
    """One list a member: ten thousand objects would repeat their names."""
    return {
        "id": [run.id for run in runs],
        "version": [run.version for run in runs],
        "state": [run.state.value for run in runs],
        "verdict": [run.verdict for run in runs],
        "at": [moment(run.at) for run in runs],
        "due": [run.due_at is not None for run in runs],
        "seconds": [None if run.seconds is None else round(run.seconds, 3) for run in runs],
        "cell": [run.cell for run in runs],
        "reason": [run.reason if run.state in _TOLD else None for run in runs],
    }


def _usual(found: Chronicle) -> Document:
    rows = matrix(found.told, found.good, found.cells, found.notebooks)
    return {
        "seconds": usual_seconds(found.good),
        "runs": len(found.good),
        "cells": [{"cell": row.cell, "seconds": row.usual} for row in rows],
    }
