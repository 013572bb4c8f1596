"""Secrets are kept where nobody else reads them, and found again by every process."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend

from jupyter_deploy.errors import Conflict, InvalidInput, NotFound, Unavailable
from jupyter_deploy.vault import ring
from jupyter_deploy.vault.vault import Vault

from . import rings

VALUE = "zürich-hunter2\nsecond line"


@pytest.fixture(autouse=True)
def no_keyring(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("RING", str(tmp_path / "ring"))
    monkeypatch.setattr(ring, "PROBE", 0.5)
    monkeypatch.setattr(ring, "PATIENCE", 0.5)
    use(rings.Absent)


def use(backend: type[KeyringBackend]) -> None:
    keyring.set_keyring(backend())


@pytest.fixture(params=["file", "keyring"])
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A data directory with either kind of store."""
    if request.param == "keyring":
        use(rings.Working)
    return tmp_path / "deploy"


def make(folder: Path, wish: str = "auto") -> Vault:
    folder.mkdir(exist_ok=True, mode=0o700)
    return Vault(folder, wish)


def test_a_value_is_found_by_another_process_of_the_same_folder(folder: Path) -> None:
    assert make(folder).set("DB_URL", VALUE) is True
    assert make(folder).get("DB_URL") == VALUE
    assert list(make(folder).names()) == ["DB_URL"]


def test_a_new_value_takes_the_place_of_the_old_one(folder: Path) -> None:
    vault = make(folder)
    vault.set("DB_URL", VALUE)
    assert vault.set("DB_URL", "another") is False
    assert vault.get("DB_URL") == "another"
    assert len(vault.names()) == 1


def test_nothing_is_left_of_a_deleted_one(folder: Path) -> None:
    vault = make(folder)
    vault.set("DB_URL", "hunter22")
    vault.set("OTHER", "stays here")
    vault.delete("DB_URL")
    assert vault.get("DB_URL") is None
    assert vault.get("OTHER") == "stays here"
    assert list(vault.names()) == ["OTHER"]
    kept = [path.read_text() for path in folder.parent.rglob("*") if path.is_file()]
    assert not any("hunter22" in text for text in kept)


def test_names_come_in_order_and_say_when_they_were_set(folder: Path) -> None:
    vault = make(folder)
    for name in ("B", "C", "A"):
        vault.set(name, VALUE)
    assert list(vault.names()) == ["A", "B", "C"]
    assert all(at.startswith("20") for at in vault.names().values())


def test_what_was_never_set_is_not_found(folder: Path) -> None:
    assert make(folder).get("DB_URL") is None
    assert make(folder).names() == {}
    assert make(folder).kind is None and make(folder).place is None
    with pytest.raises(NotFound, match="no secret DB_URL"):
        make(folder).delete("DB_URL")


def test_two_data_directories_share_nothing(folder: Path) -> None:
    make(folder).set("DB_URL", VALUE)
    assert make(folder.with_name("other")).get("DB_URL") is None


def test_the_names_are_kept_without_values(folder: Path) -> None:
    make(folder).set("DB_URL", "hunter22")
    assert "hunter22" not in (folder / "vault.json").read_text()


def test_a_keyring_is_used_where_there_is_one(tmp_path: Path) -> None:
    use(rings.Working)
    vault = make(tmp_path / "deploy")
    vault.set("DB_URL", VALUE)
    assert vault.kind == "keyring"
    assert not (tmp_path / "deploy" / "secrets.json").exists()


@pytest.mark.parametrize("backend", [rings.Absent, rings.Locked, rings.Silent, rings.Forgetful])
def test_a_machine_without_a_keyring_that_works_takes_the_file(
    tmp_path: Path, backend: type[KeyringBackend]
) -> None:
    use(backend)
    vault = make(tmp_path / "deploy")
    vault.set("DB_URL", VALUE)
    assert vault.kind == "file"
    assert vault.get("DB_URL") == VALUE


def test_where_they_are_is_decided_once(tmp_path: Path) -> None:
    make(tmp_path / "deploy").set("DB_URL", VALUE)
    use(rings.Working)  # somebody logs in
    make(tmp_path / "deploy").set("OTHER", "hunter22")
    assert make(tmp_path / "deploy").kind == "file"


def test_a_keyring_that_went_away_is_said_and_no_file_takes_its_place(tmp_path: Path) -> None:
    use(rings.Working)
    vault = make(tmp_path / "deploy")
    vault.set("DB_URL", VALUE)
    use(rings.Locked)
    for use_it in (lambda: vault.get("DB_URL"), lambda: vault.set("OTHER", "hunter22")):
        with pytest.raises(Unavailable, match="keyring cannot be used: RuntimeError") as caught:
            use_it()
        assert "hunter22" not in f"{caught.value} {caught.value.hint}"
    assert not (tmp_path / "deploy" / "secrets.json").exists()


def test_a_keyring_that_was_asked_for_and_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="No keyring can be used"):
        make(tmp_path / "deploy", "keyring").set("DB_URL", VALUE)


def test_the_file_is_taken_where_it_is_asked_for(tmp_path: Path) -> None:
    use(rings.Working)
    vault = make(tmp_path / "deploy", "file")
    vault.set("DB_URL", VALUE)
    assert vault.kind == "file"


def test_another_wish_does_not_scatter_them(tmp_path: Path) -> None:
    use(rings.Working)
    make(tmp_path / "deploy").set("DB_URL", VALUE)
    moved = make(tmp_path / "deploy", "file")
    with pytest.raises(Conflict, match="kept in the system's keyring"):
        moved.set("OTHER", VALUE)
    moved.delete("DB_URL")
    moved.set("OTHER", VALUE)
    assert moved.kind == "file"


def test_only_its_owner_can_read_the_file(tmp_path: Path) -> None:
    make(tmp_path / "deploy").set("DB_URL", VALUE)
    for name in ("secrets.json", "vault.json"):
        assert stat.S_IMODE((tmp_path / "deploy" / name).stat().st_mode) == 0o600


@pytest.mark.parametrize(("name", "mode"), [("secrets.json", 0o640), (".", 0o777)])
def test_a_file_that_others_can_reach_is_refused(tmp_path: Path, name: str, mode: int) -> None:
    vault = make(tmp_path / "deploy")
    vault.set("DB_URL", VALUE)
    (tmp_path / "deploy" / name).chmod(mode)
    for use_it in (lambda: vault.get("DB_URL"), lambda: vault.set("OTHER", VALUE)):
        with pytest.raises(Unavailable, match="Other people on this machine") as caught:
            use_it()
        assert "chmod" in (caught.value.hint or "")


@pytest.mark.parametrize("name", ["secrets.json", "vault.json"])
def test_a_damaged_file_is_said(tmp_path: Path, name: str) -> None:
    vault = make(tmp_path / "deploy")
    vault.set("DB_URL", VALUE)
    (tmp_path / "deploy" / name).write_text('{"DB_URL": "zür')
    with pytest.raises(Unavailable):
        vault.get("DB_URL")


NAMES = ["", "1ST", "WITH-DASH", "WITH SPACE", "ÜMLAUT", "A" * 129, "NEW\nLINE", "A=B"]
TAKEN = ["PATH", "HOME", "PYTHONPATH", "PYTHONSTARTUP", "LD_PRELOAD", "LC_ALL", "http_proxy"]


@pytest.mark.parametrize(
    "name", [*NAMES, *TAKEN, "JUPYTER_DEPLOY_ATTEMPT", "JUPYTER_TOKEN", "BASH_ENV"]
)
def test_a_name_that_no_variable_can_have_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        make(tmp_path / "deploy").set(name, VALUE)
    assert caught.value.field == "name"


@pytest.mark.parametrize("value", ["", "abc", "with\0nul", "x" * 65537, "é" * 40000])
def test_a_value_that_cannot_be_kept_or_hidden_is_refused_and_not_repeated(
    tmp_path: Path, value: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        make(tmp_path / "deploy").set("DB_URL", value)
    assert caught.value.field == "value"
    assert not value or value not in f"{caught.value} {caught.value.hint}"


@pytest.mark.parametrize("value", ["abcd", "x" * 65536, ' "quotes" \\ %20 & ', "a\r\nb\n"])
def test_any_other_text_comes_back_as_it_was(folder: Path, value: str) -> None:
    make(folder).set("DB_URL", value)
    assert make(folder).get("DB_URL") == value


def test_the_index_is_one_json_document(tmp_path: Path) -> None:
    make(tmp_path / "deploy").set("DB_URL", VALUE)
    document = json.loads((tmp_path / "deploy" / "vault.json").read_text())
    assert document["kind"] == "file" and list(document["names"]) == ["DB_URL"]
