"""What a version's runs have for an environment: the kernel's of that time, or a locked one."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from jupyter_deploy.config import load_settings
from jupyter_deploy.domain.bundle import Finding, Kernel, Start
from jupyter_deploy.domain.environment import Environment
from jupyter_deploy.environments.locking import Locked, given_lock, lock_environment
from jupyter_deploy.errors import DeployError, InvalidInput

LIVE, LOCKED = "live", "locked"


def lock(
    kernel: Kernel,
    start: Start,
    snapshot: Environment | None,
    wanted: str | Path | None,
    packages: Sequence[str] = (),
) -> tuple[Locked | None, tuple[Finding, ...]]:
    """Nothing for `live`; else of what the kernel has, or of the file that is named.

    With `packages` beside it. None locks what can be locked, and says so where it cannot.
    Raises NotFound or InvalidInput (field `environment` or `packages`).
    """
    if wanted == LIVE or (wanted is not None and wanted != LOCKED):
        _check_nothing_added(packages)
    if wanted == LIVE:
        return None, ()
    if wanted is None and not packages:
        try:
            return _locked(kernel, start, snapshot, LOCKED, ()), ()
        except DeployError as error:
            return None, (_not_locked(error),)
    return _locked(kernel, start, snapshot, wanted or LOCKED, packages), ()


def _locked(
    kernel: Kernel,
    start: Start,
    snapshot: Environment | None,
    wanted: str | Path,
    packages: Sequence[str],
) -> Locked:
    if snapshot is None:
        raise InvalidInput(
            f"What the kernel {kernel.display_name!r} has cannot be locked.",
            field="environment",
            hint="That is possible for kernels that a Python starts. Deploy with `live`.",
        )
    if wanted != LOCKED:
        return given_lock(snapshot, start, Path(wanted))
    with tempfile.TemporaryDirectory(prefix="jupyter-deploy-") as folder:
        place = Path(folder).resolve()
        kept = load_settings().wheels_dir
        return lock_environment(snapshot, start, place, packages, kept)


def _check_nothing_added(packages: Sequence[str]) -> None:
    if packages:
        raise InvalidInput(
            "Packages can only be added to an environment that is locked from the kernel.",
            field="packages",
            hint="Deploy with the environment `locked`, or install them in the kernel.",
        )


def _not_locked(error: DeployError) -> Finding:
    return Finding(
        "environment_not_locked",
        None,
        f"{error.message} Runs have what the kernel has when they start.",
        error.hint,
    )
