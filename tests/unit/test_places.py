"""Which folders are refused because locks cannot be relied on there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from jupyter_deploy.cli import checks
from jupyter_deploy.config import Settings, load_settings
from jupyter_deploy.errors import Unavailable
from jupyter_deploy.store import places
from jupyter_deploy.store.places import check_place, kind_of

Mounts = Callable[..., None]

TABLE = [
    ("/", "overlay"),
    ("/home", "nfs4"),
    ("/home/me/local", "ext4"),
    ("/data", "ext4"),
    ("/data", "fuse.sshfs"),
    ("/homes", "xfs"),
]


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/", "overlay"),
        ("/srv/deploy", "overlay"),
        ("/home/me/.local/share", "nfs4"),
        ("/home/me/local/deploy", "ext4"),
        ("/homes/me", "xfs"),
        ("/data/x", "fuse.sshfs"),
    ],
)
def test_the_mount_that_a_path_is_on(path: str, kind: str) -> None:
    assert kind_of(Path(path), TABLE) == kind


def test_nobody_knows() -> None:
    assert kind_of(Path("/srv"), []) is None


@pytest.fixture
def mounted(monkeypatch: pytest.MonkeyPatch) -> Mounts:
    def on(path: Path, kind: str) -> None:
        monkeypatch.setattr(places, "_mounts", lambda: [("/", "ext4"), (str(path), kind)])

    return on


REFUSED = ["nfs", "nfs4", "cifs", "smb3", "fuse.sshfs", "9p", "afs", "lustre", "CIFS"]


@pytest.mark.parametrize("kind", REFUSED)
def test_network_file_systems_are_refused(tmp_path: Path, mounted: Mounts, kind: str) -> None:
    mounted(tmp_path, kind)
    with pytest.raises(Unavailable) as caught:
        check_place(tmp_path / "deploy")
    assert kind.lower() in caught.value.message
    assert "\n" not in caught.value.message
    assert "JUPYTER_DATA_DIR" in str(caught.value.hint)
    assert "PostgreSQL" in str(caught.value.hint)


@pytest.mark.parametrize(
    "kind", ["overlay", "tmpfs", "ext4", "xfs", "btrfs", "zfs", "fuse-overlayfs",
             "fuse.fuse-overlayfs", "apfs", "virtiofs", ""]
)  # fmt: skip
def test_others_are_not(tmp_path: Path, mounted: Mounts, kind: str) -> None:
    mounted(tmp_path, kind)
    check_place(tmp_path / "deploy")


def test_the_disks_of_this_machine_pass(tmp_path: Path) -> None:
    check_place(tmp_path)
    check_place(Path("/"))


def test_a_mount_table_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def hidden(**_: object) -> None:
        raise FileNotFoundError("/proc/filesystems")

    monkeypatch.setattr("psutil.disk_partitions", hidden)
    check_place(tmp_path)


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    for name in ("DATA", "RUNTIME", "CONFIG"):
        monkeypatch.setenv(f"JUPYTER_{name}_DIR", str(tmp_path / name.lower()))
    return load_settings()


@pytest.mark.parametrize("url", [None, "postgresql://me@host/name", "elsewhere"])
def test_an_engine_does_not_start_there(
    tmp_path: Path, settings: Settings, mounted: Mounts, url: str | None
) -> None:
    """Whatever the database is, and also if only the database lies there."""
    from jupyter_deploy.app import run_engine

    mounted(tmp_path / "data", "nfs4")
    if url == "elsewhere":
        (tmp_path / "local").mkdir()
        place = {"data_dir": tmp_path / "local", "database_url": settings.database_url}
    else:
        place = {"database_url": url} if url else {}
    with pytest.raises(Unavailable, match="network file system"):
        run_engine(replace(settings, **place))
    assert not (tmp_path / "data").exists()


def test_the_doctor_says_so_before(tmp_path: Path, settings: Settings, mounted: Mounts) -> None:
    assert checks.data_directory(settings).state == "ok"
    mounted(tmp_path / "data", "nfs4")
    found = checks.data_directory(settings)
    assert found.state == "fail"
    assert "JUPYTER_DATA_DIR" in str(found.fix)
