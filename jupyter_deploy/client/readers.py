"""Reading what is published from this machine: a token in a file, and the best address."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import psutil

from jupyter_deploy.client.api import PUBLISHED
from jupyter_deploy.config import Settings
from jupyter_deploy.durable import write_whole
from jupyter_deploy.errors import Unavailable

if TYPE_CHECKING:
    from jupyter_deploy.client.api import EngineClient

#: Seconds for a server that may be a dead one's successor.
PATIENCE = httpx.Timeout(5, connect=1)
_CLOSED = 403


def header_file(settings: Settings, engine: EngineClient, name: str) -> Path:
    """A file for `curl -H @FILE` with a token of this machine's own, made when it is needed.

    Raises Unavailable when it cannot be written.
    """
    path = settings.readers_dir / f"{name}.header"
    if path.exists() and _status(engine.url, name, path) not in (None, _CLOSED):
        return path
    secret = engine.create_token(name, f"curl on {socket.gethostname()}"[:100])["secret"]
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_whole(path, f"Authorization: token {secret}\n".encode(), mode=0o600)
    except OSError as error:
        raise Unavailable(
            f"The token cannot be kept in {path}: {error.strerror}.",
            hint=f"Make {path.parent} a folder that can be written.",
        ) from error
    return path


def reader_address(settings: Settings, engine: str, header: Path, name: str) -> tuple[str, str]:
    """Where this machine reads: up to `jupyter-deploy`, and whether `jupyter` or `engine` serves.

    A Jupyter Server of this user that takes the token has our engine behind it.
    """
    for url in _servers(settings.runtime_dir):
        if _status(url, name, header) not in (None, _CLOSED):
            return url + PUBLISHED.removesuffix("/published"), "jupyter"
    return engine + PUBLISHED.removesuffix("/published"), "engine"


def _servers(runtime_dir: Path) -> list[str]:
    """Addresses of Jupyter Servers that say they run, newest first."""
    files = sorted(runtime_dir.glob("jpserver-*.json"), key=_changed, reverse=True)
    return [url for file in files if (url := _url(file)) is not None]


def _changed(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def _url(file: Path) -> str | None:
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
        url, pid = str(document["url"]), int(document["pid"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return url.rstrip("/") if url.startswith("http") and psutil.pid_exists(pid) else None


def _status(url: str, name: str, header: Path) -> int | None:
    """What a reader with this header gets; None when nobody of ours answers."""
    try:
        told = header.read_text(encoding="utf-8").strip().partition(": ")[2]
        response = httpx.get(
            f"{url}{PUBLISHED}/{name}/",
            headers={"Authorization": told},
            timeout=PATIENCE,
            trust_env=False,
        )
    except (OSError, ValueError, httpx.HTTPError):
        return None
    is_ours = "json" in response.headers.get("Content-Type", "") and _is_known(response)
    return response.status_code if is_ours else None


def _is_known(response: httpx.Response) -> bool:
    """Other servers say 404 too, but not in our words."""
    try:
        document = response.json()
    except ValueError:
        return False
    return isinstance(document, dict) and bool({"deployment", "hint"} & document.keys())
