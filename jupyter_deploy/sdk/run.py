"""Where this notebook runs: in production, with what, for when."""

from __future__ import annotations

import json
import os
from datetime import datetime
from typing import Any

#: Names the file that the runner has written.
VARIABLE = "JUPYTER_DEPLOY_RUN"


class Run:
    """The run that executes this notebook; everywhere else nothing but False and None."""

    def _told(self) -> dict[str, Any]:
        path = os.environ.get(VARIABLE)
        if path is None:
            return {}
        try:
            with open(path, encoding="utf-8") as file:
                told: dict[str, Any] = json.load(file)
        except (OSError, ValueError):  # of another machine
            return {}
        return told

    @property
    def is_production(self) -> bool:
        return bool(self._told())

    @property
    def id(self) -> int | None:
        return self._told().get("id")

    @property
    def deployment(self) -> str | None:
        return self._told().get("deployment")

    @property
    def version(self) -> int | None:
        return self._told().get("version")

    @property
    def parameters(self) -> dict[str, Any]:
        """Those of the run, over the defaults of the deployment."""
        return dict(self._told().get("parameters", {}))

    @property
    def due_at(self) -> datetime | None:
        """The time that the run is for; None for one that was started by hand."""
        due = self._told().get("due_at")
        return datetime.fromisoformat(due) if due else None

    @property
    def upstreams(self) -> dict[str, Any]:
        """What `upstream` hands over, by the name of the deployment."""
        return dict(self._told().get("upstreams", {}))

    def __repr__(self) -> str:
        if not self.is_production:
            return "<not in production>"
        return f"<run {self.id} of {self.deployment}, version {self.version}>"


run = Run()
