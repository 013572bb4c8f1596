"""What other deployments have published, as files beside the notebook's folder."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def lay_out(upstreams: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """Copy every content; what the notebook is told of it. Raises OSError."""
    return {
        name: told and {**told, "outputs": _outputs(told["outputs"], folder / name)}
        for name, told in upstreams.items()
    }


def _outputs(outputs: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    found = {}
    for name, told in outputs.items():
        kept = {key: value for key, value in told.items() if key != "blob"}
        if told["blob"] is not None:
            place = folder / name / told["filename"]
            place.parent.mkdir(parents=True)
            shutil.copyfile(told["blob"], place)
            kept["file"] = str(place)
        found[name] = kept
    return found
