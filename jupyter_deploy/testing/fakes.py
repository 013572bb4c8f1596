"""Time and runners that do what a test says."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from jupyter_deploy.domain.ledger import Draft
from jupyter_deploy.ports.executor import Placement
from jupyter_deploy.testing.samples import NOW


class ManualClock:
    """Stands still until it is moved."""

    def __init__(self, now: datetime = NOW) -> None:
        self.time = now

    def now(self) -> datetime:
        return self.time

    def move(self, **step: float) -> None:
        self.time += timedelta(**step)


class FakeExecutor:
    """Runners that live until the test ends them; `calls` tells what was asked of them."""

    name = "fake"

    def __init__(self) -> None:
        self.living: set[Placement] = set()
        self.calls: list[tuple[str, int]] = []
        #: What `start` raises instead of starting.
        self.refusal: OSError | None = None
        #: Whether runners end when they are asked to.
        self.obedient = True

    def start(self, placement: Placement) -> None:
        self._note("start", placement)
        if self.refusal is not None:
            raise self.refusal
        write_ledger(placement.folder, ())
        self.living.add(placement)

    def alive(self, placement: Placement) -> bool:
        return placement in self.living

    def cancel(self, placement: Placement) -> None:
        self._note("cancel", placement)
        if self.obedient:
            self.living.discard(placement)

    def kill(self, placement: Placement) -> None:
        self._note("kill", placement)
        self.living.discard(placement)

    def end(self, run_id: int) -> None:
        """The runner ends by itself."""
        self.living = {item for item in self.living if item.run_id != run_id}

    def started(self) -> list[int]:
        return [run_id for call, run_id in self.calls if call == "start"]

    def _note(self, call: str, placement: Placement) -> None:
        self.calls.append((call, placement.run_id))


def write_ledger(folder: Path, drafts: Iterable[Draft]) -> None:
    """Append these entries as a runner does."""
    path = folder / "ledger.jsonl"
    seq = path.read_bytes().count(b"\n") if path.exists() else 0
    with open(path, "a", encoding="utf-8") as file:
        for number, draft in enumerate(drafts, seq + 1):
            entry: dict[str, Any] = {"seq": number, "at": NOW.isoformat(), "kind": draft.kind}
            file.write(json.dumps({**entry, **draft.data}) + "\n")
