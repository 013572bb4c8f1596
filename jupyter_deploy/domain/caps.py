"""How much runs may take of the machine."""

from __future__ import annotations

from dataclasses import dataclass

KB, MB = 1024, 1024**2


@dataclass(frozen=True)
class Caps:
    """Output that one cell and one run may leave, in bytes; a character of text counts as one."""

    cell: int = 10 * MB
    run: int = 200 * MB


@dataclass(frozen=True)
class Watermarks:
    """Bytes free below which no run is started."""

    disk: int = 200 * MB
    memory: int = 200 * MB


def amount(count: int) -> str:
    """`10 MB`, `1.5 MB`, `4 KB`: bytes as a limit is told."""
    unit, name = (MB, "MB") if count >= MB else (KB, "KB")
    return f"{count / unit:.4g} {name}"
