"""Finding the kernel that a notebook asks for."""

from __future__ import annotations

import shutil
import sys

from jupyter_client.kernelspec import KernelSpec, KernelSpecManager, NoSuchKernel

from jupyter_deploy.domain.bundle import Finding, Kernel, Start
from jupyter_deploy.errors import InvalidInput

DEFAULT = "python3"


def find_kernel(name: str | None, language: str | None) -> tuple[Kernel, tuple[Finding, ...]]:
    """The named kernel, or the default one for the language and a word about it.

    Raises InvalidInput (field `kernel`).
    """
    manager = KernelSpecManager()
    if name is not None:
        return _kernel(name, _spec(manager, name)), ()
    kernel = _default(manager, language)
    message = f"The notebook names no kernel; it runs on {kernel.display_name!r}."
    return kernel, (Finding("kernelspec_missing", None, message, "Choose a kernel and save."),)


def start_of(kernel: Kernel) -> Start:
    """What its kernelspec says now. Raises InvalidInput (field `kernel`)."""
    spec = _spec(KernelSpecManager(), kernel.name)
    return Start(tuple(spec.argv), dict(spec.env))


def _spec(manager: KernelSpecManager, name: str) -> KernelSpec:
    try:
        return manager.get_kernel_spec(name)
    except NoSuchKernel:
        raise _unknown(name, manager.find_kernel_specs()) from None
    except Exception as error:  # kernel.json may hold anything
        raise InvalidInput(
            f"The kernelspec of {name!r} cannot be read.",
            field="kernel",
            hint="Install the kernel again, or choose another one in the notebook.",
        ) from error


def _default(manager: KernelSpecManager, language: str | None) -> Kernel:
    wanted = (language or "python").lower()
    # Old tools write `ipython` or `python3`, JupyterLab `plaintext` before a kernel is chosen.
    wanted = "python" if wanted.startswith(("python", "ipython", "plaintext")) else wanted
    names = sorted(manager.find_kernel_specs(), key=lambda name: (name != DEFAULT, name))
    for name in names:
        try:
            kernel = _kernel(name, _spec(manager, name))
        except InvalidInput:
            continue
        if kernel.language == wanted:
            return kernel
    raise InvalidInput(
        f"No kernel for {wanted} is installed here.",
        field="kernel",
        hint="Install one, for example with pip install ipykernel, or choose another kernel.",
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
