"""Contents by digest."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_deploy.artifacts.files import FileBlobStore
from jupyter_deploy.domain.bundle import digest_of
from jupyter_deploy.errors import InvalidInput, NotFound
from jupyter_deploy.ports.blobs import BlobStore


@pytest.fixture(params=[FileBlobStore])
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> BlobStore:
    made: BlobStore = request.param(tmp_path / "blobs")
    return made


def files(tmp_path: Path) -> list[Path]:
    return [path for path in tmp_path.rglob("*") if path.is_file()]


@pytest.mark.parametrize("content", [b"", b"x", b"\0\xff" * 3_000_000])
def test_what_is_put_is_found(blobs: BlobStore, content: bytes) -> None:
    digest = digest_of(content)
    assert not blobs.has(digest)
    blobs.put(digest, [content[:10], b"", content[10:]])
    assert blobs.has(digest)
    assert blobs.path(digest).read_bytes() == content


def test_putting_it_again_changes_nothing(blobs: BlobStore, tmp_path: Path) -> None:
    digest = digest_of(b"content")
    for _ in range(2):
        blobs.put(digest, [b"content"])
    assert len(files(tmp_path)) == 1


def test_a_file_is_read_only(blobs: BlobStore) -> None:
    blobs.put(digest_of(b"x"), [b"x"])
    assert blobs.path(digest_of(b"x")).stat().st_mode & 0o222 == 0


def test_another_content_is_not_stored(blobs: BlobStore, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput):
        blobs.put(digest_of(b"one"), [b"two"])
    assert not blobs.has(digest_of(b"one"))
    assert files(tmp_path) == []


def test_an_upload_that_breaks_off_leaves_nothing(blobs: BlobStore, tmp_path: Path) -> None:
    def broken() -> Iterator[bytes]:
        yield b"half"
        raise ConnectionError

    with pytest.raises(ConnectionError):
        blobs.put(digest_of(b"half and more"), broken())
    assert files(tmp_path) == []


def test_what_is_missing_is_not_found(blobs: BlobStore) -> None:
    with pytest.raises(NotFound):
        blobs.path(digest_of(b"missing"))


@given(st.text() | st.sampled_from(["sha256:" + "A" * 64, "sha256:" + "0" * 64 + "\n"]))
def test_a_digest_leads_to_no_other_place(text: str) -> None:
    blobs = FileBlobStore(Path("nowhere"))
    with pytest.raises(InvalidInput):
        blobs.has(text)


def test_many_at_once(blobs: BlobStore, tmp_path: Path) -> None:
    content = b"content" * 10_000
    digest = digest_of(content)
    threads = [
        threading.Thread(target=lambda: blobs.put(digest, [content] if content else []))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert blobs.path(digest).read_bytes() == content
    assert len(files(tmp_path)) == 1


def test_what_was_removed_is_gone_and_can_be_put_again(blobs: BlobStore) -> None:
    digest = digest_of(b"x")
    blobs.remove(digest)
    blobs.put(digest, [b"x"])
    blobs.remove(digest)
    assert not blobs.has(digest)
    blobs.put(digest, [b"x"])
    assert blobs.path(digest).read_bytes() == b"x"
