"""What another deployment has published, in a run and while a notebook is written."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from jupyter_deploy.sdk.run import run


class NothingPublished(LookupError):
    """The other deployment has no good outputs yet, or not this one."""


class Upstream:
    """The last good outputs of a deployment: all of one run, the same for the whole notebook."""

    def __init__(self, name: str, told: Mapping[str, Any]) -> None:
        self.name = name
        self._told = told

    @property
    def run(self) -> int:
        """The run that has published them."""
        return int(self._told["run"])

    @property
    def version(self) -> int:
        return int(self._told["version"])

    @property
    def data_at(self) -> datetime:
        """The time that the data are of."""
        return datetime.fromisoformat(self._told["data_at"])

    @property
    def outputs(self) -> list[str]:
        return sorted(self._told["outputs"])

    def file(self, output: str) -> Path:
        """A published file or report. Raises NothingPublished."""
        return self._path(output, ("file", "report"))

    def table(self, output: str) -> Path:
        """A published table, as a Parquet file. Raises NothingPublished."""
        return self._path(output, ("table",))

    def metric(self, output: str) -> float:
        """Raises NothingPublished."""
        return float(self._one(output, ("metric",))["value"])

    def _path(self, output: str, kinds: tuple[str, ...]) -> Path:
        found = self._one(output, kinds)
        if "file" in found:
            return Path(found["file"])
        from jupyter_deploy.sdk.asking import fetch  # only while a notebook is written

        return fetch(self.name, self.run, output, found)

    def _one(self, output: str, kinds: tuple[str, ...]) -> Mapping[str, Any]:
        found: Mapping[str, Any] | None = self._told["outputs"].get(output)
        if found is not None and found["kind"] in kinds:
            return found
        has = ", ".join(f"{name} ({item['kind']})" for name, item in self._told["outputs"].items())
        raise NothingPublished(
            f"{self.name!r} has published no {kinds[0]} {output!r}; it has {has or 'nothing'}."
        )

    def __repr__(self) -> str:
        outputs = ", ".join(self.outputs)
        return f"<{self.name}: {outputs} of run {self.run}, data of {self.data_at:%Y-%m-%d %H:%M}>"


def upstream(name: str) -> Upstream:
    """What the deployment of this name has published last.

    In a run these are files that lie ready when it begins, so the name has to be written in the
    notebook as it is: `upstream("train")`. Raises NothingPublished.
    """
    if not run.is_production:
        from jupyter_deploy.sdk.asking import ask  # as above

        return Upstream(name, ask(name))
    told = run.upstreams
    if name not in told:
        raise NothingPublished(
            f"{name!r} was not laid out for this run. Write the name in the notebook as it is, "
            f"upstream({json.dumps(name)}), and deploy the notebook again."
        )
    if told[name] is None:
        raise NothingPublished(nothing_yet(name))
    return Upstream(name, told[name])


def nothing_yet(name: str) -> str:
    return (
        f"{name!r} has published nothing yet. Its first good run will, once outputs are declared "
        f"in its deployment file: jupyter deploy run {name}"
    )
