"""Secrets in the system's keyring, as far as there is one that answers."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from jupyter_deploy.errors import Unavailable

T = TypeVar("T")

#: Seconds that a keyring has to show that it works.
PROBE = 2.0
#: Seconds for an answer of one that did once; people may have to unlock it.
PATIENCE = 20.0
_PROBE_NAME = "jupyter_deploy_probe"


class RingKeeper:
    """`Keeper` in the keyring that the `keyring` library finds; each data directory apart."""

    kind = "keyring"

    def __init__(self, folder: Path) -> None:
        self._service = f"jupyter-deploy {folder}"

    def works(self) -> bool:
        """Whether there is a keyring that keeps what it is given, and answers in time."""

        def keep() -> bool:
            if _backend().priority < 1:  # the library's own "no keyring here"
                return False
            self._backend_set(_PROBE_NAME, "probe")
            found = bool(_backend().get_password(self._service, _PROBE_NAME) == "probe")
            _backend().delete_password(self._service, _PROBE_NAME)
            return found

        try:
            return _in_time(keep, PROBE)
        except Unavailable:
            return False

    def put(self, name: str, value: str) -> None:
        _in_time(lambda: self._backend_set(name, value), PATIENCE)

    def get(self, name: str) -> str | None:
        found: str | None = _in_time(lambda: _backend().get_password(self._service, name), PATIENCE)
        return found

    def remove(self, name: str) -> None:
        def delete() -> None:
            if _backend().get_password(self._service, name) is not None:
                _backend().delete_password(self._service, name)

        _in_time(delete, PATIENCE)

    def _backend_set(self, name: str, value: str) -> None:
        _backend().set_password(self._service, name, value)


def _backend() -> Any:
    import keyring  # looks through all that is installed: slow

    return keyring.get_keyring()


def _in_time(work: Callable[[], T], seconds: float) -> T:
    """What the work gives. Raises Unavailable when it fails or takes longer.

    In a thread that may be left behind: a bus without anybody at its other end
    swallows questions for ever.
    """
    results: list[T] = []
    failures: list[str] = ["it does not answer"]

    def run() -> None:
        try:
            results.append(work())
        except Exception as error:  # backends raise anything; their texts may quote values
            failures.append(type(error).__name__)

    thread = threading.Thread(target=run, name="keyring", daemon=True)
    thread.start()
    thread.join(seconds)
    if results:
        return results[0]
    raise Unavailable(
        f"The system's keyring cannot be used: {failures[-1]}.",
        hint='Unlock it. Where nobody is logged in, set c.Deploy.secret_store = "file", '
        "delete the secrets and set them again.",
    )
