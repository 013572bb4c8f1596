"""From a snapshot to a lock: every package with its version and where to get it.

Packages of an index are pinned with the hashes of their files, those under version control to
the commit, and those that lie on this machine become wheels that go into the bundle. What
conda brought is listed with addresses and hashes, as conda takes them.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from jupyter_deploy.domain.bundle import CapturedFile, Lock, Start, digest_of
from jupyter_deploy.domain.environment import Environment, Package
from jupyter_deploy.environments import conda
from jupyter_deploy.environments.problems import BuildError
from jupyter_deploy.environments.uv import PYLOCK, UvError, run_uv
from jupyter_deploy.environments.wheels import wheel_of
from jupyter_deploy.errors import InvalidInput, NotFound

_COMPILE = ("pip", "compile", "--no-header", "--no-annotate")
WHEELS = "wheels"
#: The interpreter in a kernel's command line.
PYTHON = "{python}"
_LIVE = "Or deploy with the environment `live`: runs then use what the kernel has at that time."
_UNKNOWN = re.compile(r"no version of ([^\s,]+)|Because ([^\s,]+) was not found")


@dataclass(frozen=True)
class Locked:
    """A lock and the contents of its files by digest."""

    lock: Lock
    contents: Mapping[str, bytes]


def lock_environment(
    environment: Environment,
    start: Start,
    folder: Path,
    packages: Sequence[str] = (),
    kept: Path | None = None,
) -> Locked:
    """Lock what the snapshot has and these requirements beside it, working in this empty folder.

    Wheels that were built before are in `kept`, and go there.
    Raises InvalidInput (field `environment` or `packages`) for what cannot be reproduced.
    """
    wheels = folder / WHEELS
    wheels.mkdir()
    prefix = conda.prefix_of(environment.interpreter)
    if prefix is not None:
        return _of_conda(environment, start, prefix, folder, packages, kept)
    text = _compiled(environment, environment.packages, folder, packages, kept)
    return _locked(environment, start, {PYLOCK: text}, wheels)


def _of_conda(
    environment: Environment,
    start: Start,
    prefix: Path,
    folder: Path,
    packages: Sequence[str],
    kept: Path | None,
) -> Locked:
    """The explicit list of what conda brought, and a lock of what pip did beside it."""
    if packages:
        raise InvalidInput(
            f"{', '.join(packages)} cannot be added to an environment of conda.",
            field="packages",
            hint="Install it there, and deploy again.",
        )
    if conda.find_program(environment.interpreter) is None:
        raise InvalidInput(
            "The environment is one of conda, and neither micromamba nor mamba nor conda is found "
            "that could build it again.",
            field="environment",
            hint=f"Put one of them on the path. {_LIVE}",
        )
    try:
        contents = {conda.EXPLICIT: conda.explicit_list(prefix).encode()}
    except BuildError as error:
        raise _cannot_lock(str(error)) from error
    brought = conda.distributions(prefix)
    rest = [item for item in environment.packages if (item.name, item.version) not in brought]
    if rest:
        contents[PYLOCK] = _compiled(environment, rest, folder, kept=kept)
    return _locked(environment, start, contents, folder / WHEELS)


def _compiled(
    environment: Environment,
    held: Sequence[Package],
    folder: Path,
    packages: Sequence[str] = (),
    kept: Path | None = None,
) -> bytes:
    """The lock of these packages, whose wheels are put beside it."""
    wheels = folder / WHEELS
    lines = [_requirement(package, wheels, kept) for package in held]
    python = ["--python", environment.interpreter]
    if packages:
        lines += _added(packages, environment, python, folder)
    (folder / "requirements.in").write_text("\n".join(lines), encoding="utf-8")
    arguments = [*_COMPILE, "--no-deps", "--format", PYLOCK, *python]
    try:
        run_uv([*arguments, "-o", PYLOCK, "requirements.in"], cwd=folder)
    except UvError as error:
        raise _cannot_lock(str(error)) from error
    text = (folder / PYLOCK).read_text(encoding="utf-8")
    # Beside the lock, wherever that will lie.
    text = text.replace(f'"{wheels}{os.sep}', f'"{WHEELS}/')
    return text.encode()


def _added(
    packages: Sequence[str], environment: Environment, python: Sequence[str], folder: Path
) -> list[str]:
    """These and what they need, as far as it is not there; what is there keeps its version.

    Raises InvalidInput (field `packages`).
    """
    _check_requirements(packages)
    held = {canonicalize_name(package.name) for package in environment.packages}
    kept = [f"{item.name}=={item.version}" for item in environment.packages if not item.origin]
    (folder / "added.in").write_text("\n".join(packages), encoding="utf-8")
    (folder / "held.txt").write_text("\n".join(kept), encoding="utf-8")
    try:
        run_uv([*_COMPILE, *python, "-c", "held.txt", "-o", "added.txt", "added.in"], cwd=folder)
    except UvError as error:
        raise InvalidInput(
            f"The packages {', '.join(packages)} cannot be added: {error}",
            field="packages",
            hint="See that their names are right and that they go with what the kernel has.",
        ) from error
    lines = (folder / "added.txt").read_text(encoding="utf-8").splitlines()
    found = [line for line in lines if line.strip() and not line.startswith(("#", "-", " "))]
    return [line for line in found if canonicalize_name(Requirement(line).name) not in held]


def _check_requirements(packages: Sequence[str]) -> None:
    """One that is an option of uv's would be obeyed."""
    for text in packages:
        try:
            Requirement(text)
        except InvalidRequirement:
            raise InvalidInput(
                f"{text!r} is no package.",
                field="packages",
                hint="Name it as for pip, for example humanize or humanize>=4.",
            ) from None


def given_lock(environment: Environment, start: Start, path: Path) -> Locked:
    """The lock that somebody has written, for this interpreter's version of Python.

    Raises NotFound or InvalidInput.
    """
    try:
        text = path.read_bytes()
    except OSError as error:
        raise NotFound(
            f"The lock {path} cannot be read: {error.strerror}.", field="environment"
        ) from error
    if b"lock-version" not in text:
        raise InvalidInput(
            f"{path.name} is no lock of the standard form.",
            field="environment",
            hint="Make one, for example with `uv export --format pylock.toml` or `pip lock`.",
        )
    return _locked(environment, start, {PYLOCK: text}, path.parent / WHEELS)


def _locked(
    environment: Environment, start: Start, locks: Mapping[str, bytes], wheels: Path
) -> Locked:
    contents = dict(locks)
    for wheel in sorted(wheels.glob("*.whl")):
        contents[f"{WHEELS}/{wheel.name}"] = wheel.read_bytes()
    files = [CapturedFile(path, digest_of(data), len(data)) for path, data in contents.items()]
    lock = Lock(
        python=str(environment.python),
        interpreter=environment.interpreter,
        files=tuple(files),
        argv=(PYTHON, *start.argv[1:]),
        env=start.env,
    )
    return Locked(lock, {digest_of(data): data for data in contents.values()})


def _requirement(package: Package, wheels: Path, kept: Path | None) -> str:
    origin = package.origin
    if origin is None:
        return f"{package.name}=={package.version}"
    if origin.kind == "vcs":
        url, _, within = origin.url.partition("#")
        return f"{package.name} @ {url}@{origin.commit}{f'#{within}' if within else ''}"
    if not origin.url.startswith("file:"):
        return f"{package.name} @ {origin.url}"
    return f"{package.name} @ {wheel_of(package, origin.url, wheels, kept).as_uri()}"


def _cannot_lock(reason: str) -> InvalidInput:
    found = _UNKNOWN.search(reason)
    if found is None:
        return InvalidInput(
            f"The environment cannot be locked: {reason}",
            field="environment",
            hint=f"Try again when the package index answers. {_LIVE}",
        )
    package = found[1] or found[2]
    return InvalidInput(
        f"The environment cannot be locked: no package index has {package}.",
        field="environment",
        hint=f"Install a version that an index has, or from its source. {_LIVE}",
    )
