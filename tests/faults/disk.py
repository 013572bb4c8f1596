"""Small disks that can be filled, made read-only and taken away.

They are tmpfs mounts. Without the right to mount, this process makes itself a
namespace of its own in which it may.
"""

from __future__ import annotations

import ctypes
import errno
import os
import shutil
from contextlib import suppress
from pathlib import Path

_libc = ctypes.CDLL(None, use_errno=True)
_READ_ONLY, _REMOUNT, _BIND, _LAZY = 1, 32, 4096, 2
_NEW_USER, _NEW_MOUNTS = 0x10000000, 0x00020000
MB = 1024**2


def _checked(result: int) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def _mount(source: str, target: Path, kind: str | None, flags: int, options: str = "") -> None:
    names = (source, str(target), kind)
    arguments = [None if name is None else name.encode() for name in names]
    _checked(_libc.mount(*arguments, flags, options.encode() or None))


def _own_namespace() -> None:
    """Mounts of one's own, also for those who are not root; programs started later see them."""
    user, group = os.getuid(), os.getgid()
    _checked(_libc.unshare(_NEW_USER | _NEW_MOUNTS))
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
    Path("/proc/self/gid_map").write_text(f"{group} {group} 1")


class Disk:
    """A file system of this size at `place`, with so many files at most."""

    def __init__(self, place: Path, size: int, files: int = 0) -> None:
        self.place = place
        self._filler = place / "filler"
        place.mkdir(parents=True, exist_ok=True)
        options = f"size={size},nr_inodes={files},mode=0777"
        try:
            _mount("tmpfs", place, "tmpfs", 0, options)
        except PermissionError:
            _own_namespace()
            _mount("tmpfs", place, "tmpfs", 0, options)

    @property
    def free(self) -> int:
        return shutil.disk_usage(self.place).free

    def fill(self, leave: int = 0) -> None:
        """Until only this many bytes are left."""
        with open(self._filler, "ab", buffering=0) as file:
            step = MB
            while step >= 4096:
                try:
                    if self.free < leave + step:
                        raise OSError(errno.ENOSPC, "enough")
                    os.posix_fallocate(file.fileno(), os.fstat(file.fileno()).st_size, step)
                except OSError:
                    step //= 2

    def clear(self) -> None:
        self._filler.unlink(missing_ok=True)

    def cover(self) -> None:
        """Read-only for whatever is opened from now on, also while files are open."""
        _mount(str(self.place), self.place, None, _BIND)
        _mount("none", self.place, None, _BIND | _REMOUNT | _READ_ONLY)

    def uncover(self) -> None:
        _checked(_libc.umount2(str(self.place).encode(), _LAZY))

    def close(self) -> None:
        with suppress(OSError):
            self.uncover()
