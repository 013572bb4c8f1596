"""Capturing for the commands that deploy, loaded as quickly as it can be."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_deploy.config import load_settings

if TYPE_CHECKING:
    from jupyter_deploy.capture.bundle import Captured
    from jupyter_deploy.project.deployment_file import DeploymentFile, FileError


def capture_notebook(
    notebook: Path,
    *,
    limit: Path | None = None,
    base: Path | None = None,
    patterns: Sequence[str] = (),
    kernel: str | None = None,
    environment: str | Path | None = None,
    packages: Sequence[str] = (),
    secrets: Sequence[str] = (),
    look_only: bool = False,
    given: Collection[str] = (),
) -> Captured:
    """With the usual environment where none is given."""
    from jupyter_deploy.capture.bundle import capture

    settings = load_settings()
    if environment is None and not packages:
        environment = settings.environment
    return capture(
        notebook,
        limit=limit,
        base=base,
        patterns=patterns,
        kernel=kernel,
        environment=environment,
        packages=packages,
        secrets=secrets,
        look_only=look_only,
        passed=settings.kernel_environment,
        given=given,
    )


def load_project(folder: Path) -> tuple[list[DeploymentFile], list[FileError]]:
    from jupyter_deploy.project.deployment_file import load_folder

    return load_folder(folder)
