"""Values for tests; each argument replaces one member."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from jupyter_deploy.domain.bundle import Bundle, CapturedFile, Kernel, digest_of
from jupyter_deploy.domain.deployments import NewVersion
from jupyter_deploy.domain.runs import Closing, RunState
from jupyter_deploy.domain.schedule import Schedule

#: A Tuesday at six in the morning.
NOW = datetime(2026, 3, 3, 6, 0, tzinfo=timezone.utc)
HOURLY = Schedule("0 * * * *", "UTC")


def bundle(path: str = "sales.ipynb", content: bytes = b"{}", **members: Any) -> Bundle:
    held: dict[str, Any] = {
        "notebook": CapturedFile(path, digest_of(content), len(content)),
        "files": (),
        "parameters": (),
        "parameters_known": True,
        "kernel": Kernel("python3", "Python 3", "python", None),
        "environment": None,
        "packages": None,
        "git": None,
        "cells": 1,
        "findings": (),
    }
    return Bundle(**{**held, **members})


def new_version(name: str = "sales", **members: Any) -> NewVersion:
    held: dict[str, Any] = {
        "bundle": bundle(f"{name}.ipynb"),
        "parameters": {},
        "schedule": None,
        "created_by": None,
    }
    return NewVersion(name, **{**held, **members})


def closing(state: RunState = RunState.SUCCEEDED, **members: Any) -> Closing:
    held: dict[str, Any] = {
        "verdict": "succeeded" if state is RunState.SUCCEEDED else "failed",
        "fault": None,
        "reason": None,
        "cell": None,
        "outcome": state.value,
    }
    return Closing(state, **{**held, **members})
