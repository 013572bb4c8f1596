"""Files that are written whole, and room that is kept for a full disk.

At any instant a path written here is absent, the whole old file or the whole new
one, also across a loss of power: temporary file, fsync, rename, fsync of the folder.
Standard library only: every runner loads it.
"""

from __future__ import annotations

import errno
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

_FULL = (errno.ENOSPC, errno.EDQUOT)
#: What file systems say that cannot sync a folder.
_NO_FOLDER_SYNC = (errno.EINVAL, errno.ENOTSUP, errno.EBADF, errno.EACCES)


def write_whole(path: Path, content: bytes, *, mode: int = 0o666) -> None:
    """Put the content at `path`; what is there stays when that fails. Raises OSError."""
    with whole_file(path, mode=mode) as file:
        file.write(content)


@contextmanager
def whole_file(path: Path, *, mode: int = 0o666) -> Iterator[IO[bytes]]:
    """A file to write, which takes the place of `path` when the block has ended well.

    `mode` is subject to the umask. After any exception nothing is left of it.
    """
    # The beginning tells people what it was; a long name would not fit with the rest.
    temporary = path.with_name(f".{path.name[:50]}.{secrets.token_hex(4)}.tmp")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
    try:
        with open(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def put_in_place(temporary: Path, path: Path) -> None:
    """Give a file that another program has written its name in the same folder.

    It is gone when that fails. Raises OSError.
    """
    try:
        _sync(temporary)
        os.replace(temporary, path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make names in it last. Raises OSError unless the file system knows no such thing."""
    try:
        _sync(folder)
    except OSError as error:
        if error.errno not in _NO_FOLDER_SYNC:
            raise


def keep_room(path: Path, size: int) -> None:
    """Make a file of this many bytes that really are there, or none. Raises OSError."""
    try:
        with open(path, "wb") as file:
            if hasattr(os, "posix_fallocate"):
                os.posix_fallocate(file.fileno(), 0, size)
            else:
                file.write(b"\0" * size)
    except OSError:
        path.unlink(missing_ok=True)
        raise


def give_room(path: Path) -> bool:
    """Remove such a file; False when there was none. Raises OSError."""
    with suppress(FileNotFoundError):
        path.unlink()
        return True
    return False


def is_full(error: BaseException | None) -> bool:
    """Whether a disk or a quota had no room for what was written."""
    return isinstance(error, OSError) and error.errno in _FULL


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
