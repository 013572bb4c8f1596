"""Asking the engine of this machine for what is published, while a notebook is written."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote

from jupyter_deploy.sdk.upstream import NothingPublished, nothing_yet

#: Seconds between two pieces.
PATIENCE = 60.0
_MISSING = 404


def ask(name: str) -> dict[str, Any]:
    """Run, version, time and outputs of the newest publication. Raises NothingPublished."""
    with _open(f"{quote(name, safe='')}/", name) as answer:
        document = json.load(answer)
    outputs = {item["name"]: item for item in document["outputs"]}
    return {**{key: document[key] for key in ("run", "version", "data_at")}, "outputs": outputs}


def fetch(name: str, run: int, output: str, told: Mapping[str, Any]) -> Path:
    """A copy of the output, made once. Raises NothingPublished."""
    place = _folder() / f"{name}-{run}" / output / str(told["filename"])
    if not place.exists():
        form = "&format=parquet" if told["kind"] == "table" else "&raw=1"
        path = f"{quote(name, safe='')}/{quote(output, safe='')}?run={run}{form}"
        place.parent.mkdir(parents=True, exist_ok=True)
        partial = place.with_name(f".{place.name}.part")
        with _open(path, name) as answer, open(partial, "wb") as file:
            shutil.copyfileobj(answer, file)
        os.replace(partial, place)
    return place


@cache
def _folder() -> Path:
    """Until the kernel ends, and as long as the system keeps temporary files."""
    return Path(tempfile.mkdtemp(prefix="jupyter-deploy-"))


def _open(path: str, name: str) -> IO[bytes]:
    told = _engine(name)
    request = urllib.request.Request(  # noqa: S310, the engine's own address
        f"{told['url']}/jupyter-deploy/published/{path}",
        headers={"Authorization": f"token {told['token']}"},
    )
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        answer: IO[bytes] = direct.open(request, timeout=PATIENCE)
    except urllib.error.HTTPError as error:
        if error.code == _MISSING:
            raise NothingPublished(_sentence(error) or nothing_yet(name)) from None
        raise RuntimeError(_sentence(error) or f"The engine answered {error.code}.") from None
    except urllib.error.URLError:
        raise RuntimeError(_no_engine(name)) from None
    return answer


def _sentence(error: urllib.error.HTTPError) -> str | None:
    try:
        problem = json.load(error)
        return " ".join(part for part in (problem["detail"], problem["hint"]) if part)
    except (ValueError, KeyError, TypeError):
        return None


def _engine(name: str) -> dict[str, Any]:
    data = Path(os.path.realpath(_data_dir())) / "deploy"
    key = hashlib.sha256(str(data).encode()).hexdigest()[:12]
    runtime = os.environ.get("JUPYTER_RUNTIME_DIR") or str(_data_dir() / "runtime")
    try:
        text = Path(runtime, f"jupyter-deploy-{key}.json").read_text(encoding="utf-8")
        told: dict[str, Any] = json.loads(text)
    except (OSError, ValueError):
        raise RuntimeError(_no_engine(name)) from None
    return told


def _no_engine(name: str) -> str:
    return (
        f"No engine runs that could say what {name!r} has published. "
        "Start it with: jupyter deploy engine start"
    )


def _data_dir() -> Path:
    """As jupyter_core has it, which may be missing where a notebook is written."""
    told = os.environ.get("JUPYTER_DATA_DIR")
    if told:
        return Path(told)
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Jupyter"
    share = os.environ.get("XDG_DATA_HOME")
    return Path(share or Path.home() / ".local" / "share") / "jupyter"
