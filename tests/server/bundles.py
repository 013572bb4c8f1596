"""Bundles as a client sends them to the engine."""

from __future__ import annotations

from typing import Any

from jupyter_deploy.domain.bundle import digest_of

from .conftest import notebook_text
from .contract import Api


async def upload(api: Api, content: bytes) -> dict[str, Any]:
    """Store a notebook's content; its entry in a bundle."""
    digest = digest_of(content)
    assert (await api("PUT", f"/blobs/{digest}", body=content)).status == 204
    return {"path": "sales.ipynb", "digest": digest, "size": len(content)}


async def request_for(api: Api, name: str, *cells: str, **changes: Any) -> dict[str, Any]:
    """A request that the engine takes; `changes` replace members of the bundle."""
    content = notebook_text(*(cells or ("1 + 1",))).encode()
    bundle = {
        "notebook": await upload(api, content),
        "files": [],
        "parameters": [],
        "parameters_known": True,
        "kernel": {
            "name": "python3",
            "display_name": "Python 3",
            "language": "python",
            "interpreter": None,
        },
        "environment": None,
        "packages": None,
        "git": None,
        "cells": 1,
        "findings": [],
        **changes,
    }
    return {"name": name, "bundle": bundle}
