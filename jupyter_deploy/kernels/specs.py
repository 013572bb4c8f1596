"""Finding the kernel that a notebook asks for."""

from __future__ import annotations

import shutil
import sys

from jupyter_client.kernelspec import KernelSpec, KernelSpecManager

from jupyter_deploy.domain.bundle import Finding, Kernel
from jupyter_deploy.errors import InvalidInput

DEFAULT = "python3"


def find_kernel(
    name: str | None, language: str | None
) -> tuple[Kernel, tuple[Finding, ...]]:
    """The named kernel, or the default one for the language and a word about it.

    Raises InvalidInput (field `kernel`).
    """
    manager = KernelSpecManager()
    specs = manager.find_kernel_specs()
    if name is not None:
        if name not in specs:
            raise _unknown(name, specs)
        return _kernel(name, manager.get_kernel_spec(name)), ()
    chosen = _default(manager, specs, language)
    kernel = _kernel(chosen, manager.get_kernel_spec(chosen))
    message = f"The notebook names no kernel; it runs on {kernel.display_name!r}."
    return kernel, (
        Finding("kernelspec_missing", None, message, "Choose a kernel and save."),
    )


def _default(
    manager: KernelSpecManager, specs: dict[str, str], language: str | None
) -> str:
    if language in (None, "python") and DEFAULT in specs:
        return DEFAULT
    for name in sorted(specs):
        if (
            manager.get_kernel_spec(name).language.lower()
            == (language or "python").lower()
        ):
            return name
    raise InvalidInput(
        f"No kernel for {language or 'python'} is installed here.",
        field="kernel",
        hint="Install one, for example with pip install ipykernel.",
    )


def _unknown(name: str, specs: dict[str, str]) -> InvalidInput:
    return InvalidInput(
        f"The kernel {name!r} is not installed here.",
        field="kernel",
        hint=f"Installed: {', '.join(sorted(specs)) or 'none'}. "
        "Choose one of them in the notebook, or install it.",
    )


def _kernel(name: str, spec: KernelSpec) -> Kernel:
    return Kernel(name, spec.display_name, spec.language.lower(), _interpreter(spec))


def _interpreter(spec: KernelSpec) -> str | None:
    """The program of the kernel, as jupyter_client would start it."""
    if not spec.argv:
        return None
    program = spec.argv[0]
    version = f"python{sys.version_info[0]}"
    if program in ("python", version, f"{version}.{sys.version_info[1]}"):
        return sys.executable
    return shutil.which(program) or program
