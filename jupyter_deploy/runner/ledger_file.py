"""The ledger on disk: JSON lines, only ever appended."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, NamedTuple

from jupyter_deploy.domain.ledger import RESERVE_NAME, RESERVE_SIZE, Draft
from jupyter_deploy.durable import give_room, keep_room
from jupyter_deploy.notebook.replay import outputs_at
from jupyter_deploy.runner.redactor import Redactor

#: What must survive a loss of power; outputs may not.
_SYNCED = ("attempt_started", "cell_started", "finished")
#: Members that may quote what a kernel said, and of an output those that cannot.
_QUOTING = ("output", "message", "error", "reason", "seen")
_OWN_WORDS = ("output_type", "name")


class Written(NamedTuple):
    """Where an entry begins in the file and how long it is, in bytes."""

    place: int
    size: int


class LedgerFile:
    """One write per entry, so a reader sees whole lines or the beginning of the last."""

    def __init__(self, path: Path) -> None:
        self._file = open(path, "a+b", buffering=0)  # noqa: SIM115, open as long as the process
        self._size = self._file.seek(0, os.SEEK_END)
        self._seq = 0
        #: What every entry passes; it knows the secrets once the kernel does.
        self.redactor = Redactor()
        self._reserve = path.with_name(RESERVE_NAME)
        if not self._reserve.exists():  # the engine makes it while there is room
            keep_room(self._reserve, RESERVE_SIZE)

    def append(self, draft: Draft) -> Written:
        """Write one entry. Raises OSError and then has written nothing."""
        at = datetime.now(timezone.utc).isoformat()
        document = {"seq": self._seq + 1, "at": at, "kind": draft.kind, **self._redacted(draft)}
        line = json.dumps(document, allow_nan=False).encode() + b"\n"
        self._write(line)
        self._seq += 1
        if draft.kind in _SYNCED:
            os.fsync(self._file.fileno())
        return Written(self._size - len(line), len(line))

    def _redacted(self, draft: Draft) -> Mapping[str, Any]:
        if not self.redactor:
            return draft.data
        return {key: self._clean(key, value) for key, value in draft.data.items()}

    def _clean(self, key: str, value: Any) -> Any:
        if key == "output":
            return value if value["output_type"] == "stream" else self.clean_output(value)
        return self.redactor.clean(value) if key in _QUOTING else value

    def clean_output(self, output: Mapping[str, Any]) -> Mapping[str, Any]:
        """Without secrets; of a stream the recorder has taken care, piece by piece."""
        return self.redactor.members(output, _OWN_WORDS)

    def outputs(self, places: Iterable[int]) -> Iterator[dict[str, Any]]:
        """Outputs by where they were written. Raises OSError."""
        with open(os.dup(self._file.fileno()), "rb") as file:
            yield from outputs_at(file, places)

    @property
    def is_whole(self) -> bool:
        """Whether nobody else has made it shorter or longer."""
        return os.fstat(self._file.fileno()).st_size == self._size

    def _write(self, line: bytes) -> None:
        try:
            if self._file.write(line) != len(line):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        except OSError:
            # Half a line would make the next one unreadable too.
            os.ftruncate(self._file.fileno(), self._size)
            raise
        self._size += len(line)

    def release_reserve(self) -> None:
        """Room for the last entries on a full disk."""
        give_room(self._reserve)
