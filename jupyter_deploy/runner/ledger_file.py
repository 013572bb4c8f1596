"""The ledger on disk: JSON lines, only ever appended."""

from __future__ import annotations

import json
import os
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

#: What must survive a loss of power; outputs may not.
_SYNCED = ("attempt_started", "cell_started", "finished")


class LedgerFile:
    """One write per entry, so a reader sees whole lines or the beginning of the last."""

    def __init__(self, path: Path) -> None:
        self._file = open(path, "ab", buffering=0)  # noqa: SIM115, open as long as the process
        self._seq = 0

    def append(self, kind: str, **data: Any) -> None:
        self._seq += 1
        at = datetime.now(timezone.utc).isoformat()
        document = {"seq": self._seq, "at": at, "kind": kind, **data}
        self._file.write(json.dumps(document).encode() + b"\n")
        if kind in _SYNCED:
            os.fdatasync(self._file.fileno())
