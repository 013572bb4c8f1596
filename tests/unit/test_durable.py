"""Files are absent, the whole old one or the whole new one, wherever writing stops."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from jupyter_deploy import durable

OLD, NEW = b"the old file", b"the new file " * 100_000


def fail(number: int = errno.ENOSPC) -> Callable[..., Any]:
    def refuse(*_arguments: Any, **_options: Any) -> Any:
        raise OSError(number, os.strerror(number))

    return refuse


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture(params=["absent", "old"])
def target(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A path in a folder of its own, with and without a file."""
    path = tmp_path / "target"
    if request.param == "old":
        path.write_bytes(OLD)
    return path


def write(path: Path) -> None:
    durable.write_whole(path, NEW)


def give_name(path: Path) -> None:
    temporary = path.with_name("made elsewhere")
    temporary.write_bytes(NEW)
    durable.put_in_place(temporary, path)


WAYS = pytest.mark.parametrize("way", [write, give_name])


@WAYS
def test_the_new_file_takes_the_place(target: Path, way: Callable[[Path], None]) -> None:
    way(target)
    assert target.read_bytes() == NEW
    assert names(target.parent) == ["target"]


@WAYS
@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_step_that_fails_leaves_what_was_there(
    target: Path, way: Callable[[Path], None], step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = target.read_bytes() if target.exists() else None
    monkeypatch.setattr(os, step, fail())
    with pytest.raises(OSError, match="No space left"):
        way(target)
    assert (target.read_bytes() if target.exists() else None) == before
    assert names(target.parent) == ([] if before is None else ["target"])


@WAYS
@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_process_that_dies_between_the_steps(
    target: Path, way: Callable[[Path], None], step: str
) -> None:
    """Without any clean-up: the name still leads to what was there."""
    before = target.read_bytes() if target.exists() else None
    child = os.fork()
    if not child:
        setattr(os, step, lambda *_: os._exit(9))
        way(target)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    assert (target.read_bytes() if target.exists() else None) == before


def test_every_step_comes_in_its_order(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done = []
    fsync, replace = os.fsync, os.replace

    def synced(descriptor: int) -> None:
        folder = stat.S_ISDIR(os.fstat(descriptor).st_mode)
        whole = folder or os.fstat(descriptor).st_size == len(NEW)
        done.append("sync folder" if folder else f"sync file {whole=}")
        fsync(descriptor)

    def replaced(source: Path, place: Path) -> None:
        done.append("rename")
        replace(source, place)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(os, "replace", replaced)
    write(target)
    assert done == ["sync file whole=True", "rename", "sync folder"]


@pytest.mark.parametrize("trouble", [ValueError, KeyboardInterrupt])
def test_a_block_that_breaks_off_leaves_nothing(target: Path, trouble: type[BaseException]) -> None:
    before = names(target.parent)
    with pytest.raises(trouble), durable.whole_file(target) as file:
        file.write(NEW)
        raise trouble
    assert names(target.parent) == before


def test_a_file_system_that_cannot_sync_folders(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "fsync", fail(errno.EINVAL))
    durable.sync_folder(tmp_path)
    monkeypatch.setattr(os, "fsync", fail(errno.EIO))
    with pytest.raises(OSError, match="Input/output"):
        durable.sync_folder(tmp_path)


@pytest.mark.parametrize("mode", [0o600, 0o400])
def test_nobody_else_may_read_it_at_any_moment(tmp_path: Path, mode: int) -> None:
    with durable.whole_file(tmp_path / "secret", mode=mode) as file:
        assert stat.S_IMODE(os.fstat(file.fileno()).st_mode) == mode
        file.write(NEW)
    assert stat.S_IMODE((tmp_path / "secret").stat().st_mode) == mode


@pytest.mark.parametrize("name", ["n" * 250, "ü" * 120])
def test_long_names(tmp_path: Path, name: str) -> None:
    durable.write_whole(tmp_path / name, NEW)
    assert (tmp_path / name).read_bytes() == NEW


def test_room_is_really_there_until_it_is_given(tmp_path: Path) -> None:
    path = tmp_path / "reserve"
    durable.keep_room(path, 1_000_000)
    assert path.stat().st_blocks * 512 >= 1_000_000
    assert durable.give_room(path) is True
    assert durable.give_room(path) is False


def test_room_that_is_not_there_is_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "posix_fallocate", fail())
    with pytest.raises(OSError, match="No space left"):
        durable.keep_room(tmp_path / "reserve", 1_000_000)
    assert names(tmp_path) == []


def test_what_a_full_disk_says() -> None:
    assert durable.is_full(OSError(errno.ENOSPC, "full"))
    assert durable.is_full(OSError(errno.EDQUOT, "quota"))
    assert not durable.is_full(OSError(errno.EIO, "broken"))
    assert not durable.is_full(ValueError("no space left"))
    assert not durable.is_full(None)
