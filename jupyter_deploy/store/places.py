"""Folders in which locks can be relied on.

On a network file system SQLite's locks and shared memory are not reliable, and the
lock that tells whether a runner lives can be lost with the connection: a run would be
started a second time beside the first. The latter holds for a database on a server
too, so these folders are refused whatever the database is.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import psutil

from jupyter_deploy.errors import Unavailable

#: Types of file systems that lie on another machine, as mount tables name them.
NETWORK = frozenset(
    [
        "9p",
        "afpfs",
        "afs",
        "beegfs",
        "ceph",
        "cifs",
        "coda",
        "davfs",
        "drvfs",
        "glusterfs",
        "gpfs",
        "lustre",
        "ncpfs",
        "nfs",
        "nfs3",
        "nfs4",
        "orangefs",
        "prl_fs",
        "pvfs2",
        "smb2",
        "smb3",
        "smbfs",
        "vboxsf",
        "webdav",
        "fuse.ceph",
        "fuse.ceph-fuse",
        "fuse.cephfs",
        "fuse.davfs",
        "fuse.davfs2",
        "fuse.gcsfuse",
        "fuse.glusterfs",
        "fuse.goofys",
        "fuse.mount-s3",
        "fuse.rclone",
        "fuse.s3fs",
        "fuse.smbnetfs",
        "fuse.sshfs",
        "fuse.vmhgfs-fuse",
    ]
)

#: Where something is mounted, and the type of its file system.
Mount = tuple[str, str]


def check_place(folder: Path) -> None:
    """Raises Unavailable for a folder on a network file system; it is not touched."""
    kind = kind_of(folder, _mounts())
    if kind in NETWORK:
        raise Unavailable(
            f"{folder} lies on a network file system ({kind}), whose locks cannot be relied on.",
            hint="Set JUPYTER_DATA_DIR to a folder on a disk of this machine; a database that "
            "others can reach may be PostgreSQL, with c.Deploy.database_url.",
        )


def kind_of(folder: Path, mounts: Iterable[Mount]) -> str | None:
    """The type of the file system that a resolved path is on; None when nobody knows."""
    deepest, found = -1, None
    for point, kind in mounts:
        depth = len(Path(point).parts)
        # Of two mounts on the same folder the later one is seen.
        if depth >= deepest and folder.is_relative_to(point):
            deepest, found = depth, kind.lower()
    return found


def _mounts() -> list[Mount]:
    with suppress(OSError, psutil.Error):  # a sandbox may not show them
        return [(part.mountpoint, part.fstype) for part in psutil.disk_partitions(all=True)]
    return []
