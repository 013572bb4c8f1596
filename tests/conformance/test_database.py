"""The SQLite file: its schema, its settings, and files that are something else."""

from __future__ import annotations

import re
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine

from jupyter_deploy.errors import DeployError, InvalidInput, Unavailable
from jupyter_deploy.store.database import newest_revision, open_database
from jupyter_deploy.store.schema import metadata
from jupyter_deploy.store.sql import SqlStore
from jupyter_deploy.testing.samples import NOW, new_version


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "deploy.db"


def refusal(kind: type[DeployError], url: str) -> DeployError:
    with pytest.raises(kind) as caught:
        open_database(url)
    assert caught.value.message.endswith(".")
    assert "\n" not in caught.value.message
    assert caught.value.hint
    return caught.value


def dump(file: Path) -> list[str]:
    with sqlite3.connect(file) as connection:
        return list(connection.iterdump())


def test_migrations_make_the_schema_of_the_code(file: Path) -> None:
    engine = open_database(f"sqlite:///{file}")
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        assert compare_metadata(context, metadata) == []
        assert context.get_current_revision() == newest_revision()
    engine.dispose()


def test_migrated_and_created_tables_are_the_same(file: Path, tmp_path: Path) -> None:
    """Also what alembic does not compare: order, constraints, numbering."""
    open_database(f"sqlite:///{file}").dispose()
    created = create_engine(f"sqlite:///{tmp_path / 'created.db'}")
    metadata.create_all(created)
    created.dispose()
    assert tables(file) == tables(tmp_path / "created.db")


def tables(file: Path) -> dict[str, list[str]]:
    """The parts of each table and index; their order in the statement says nothing."""
    with sqlite3.connect(file) as connection:
        rows = connection.execute(
            "select name, sql from sqlite_schema where tbl_name not like 'alembic%'"
        )
        return {name: parts(sql or "") for name, sql in rows}


def parts(sql: str) -> list[str]:
    inner = "".join(sql.split()).partition("(")[2].removesuffix(")")
    return sorted(re.split(r",(?![^(]*\))", inner))


def test_opening_again_changes_nothing(file: Path) -> None:
    store = SqlStore(open_database(f"sqlite:///{file}"))
    store.deploy(new_version(), NOW)
    store.dispose()
    before = dump(file)
    again = SqlStore(open_database(f"sqlite:///{file}"))
    assert again.deployment("sales").current.number == 1
    again.dispose()
    assert dump(file) == before


def test_a_newer_database_is_refused_and_left_alone(file: Path) -> None:
    open_database(f"sqlite:///{file}").dispose()
    with sqlite3.connect(file) as connection:
        connection.execute("update alembic_version set version_num = '9999'")
    before = dump(file)
    error = refusal(InvalidInput, f"sqlite:///{file}")
    assert "newer version" in error.message
    assert error.field == "database_url"
    assert dump(file) == before


def test_a_file_that_is_no_database(file: Path) -> None:
    file.write_text("Dear diary, " * 100)
    error = refusal(Unavailable, f"sqlite:///{file}")
    assert "not a database" in error.message
    assert "deploy.db" in str(error.hint)
    assert file.read_text().startswith("Dear diary")


def test_a_damaged_database(file: Path) -> None:
    open_database(f"sqlite:///{file}").dispose()
    content = file.read_bytes()
    file.write_bytes(content[:100] + b"\xff" * (len(content) - 100))
    refusal(Unavailable, f"sqlite:///{file}")


def test_a_place_that_cannot_be_opened(tmp_path: Path) -> None:
    refusal(Unavailable, f"sqlite:///{tmp_path}")
    refusal(Unavailable, f"sqlite:///{tmp_path / 'missing' / 'deploy.db'}")


@pytest.mark.parametrize("url", ["nonsense", "", "://", "mysql://me:secret@host/db"])
def test_addresses_that_cannot_be_used(url: str) -> None:
    error = refusal(InvalidInput, url)
    assert error.field == "database_url"
    assert "secret" not in error.message + str(error.hint)


def test_the_settings_are_in_force(file: Path) -> None:
    engine = open_database(f"sqlite:///{file}")
    with engine.connect() as connection:

        def pragma(name: str) -> Any:
            return connection.exec_driver_sql(f"PRAGMA {name}").scalar()

        assert pragma("journal_mode") == "wal"
        assert pragma("synchronous") == 2  # FULL
        assert pragma("foreign_keys") == 1
        assert pragma("busy_timeout") == 5000
        assert pragma("mmap_size") in (0, None)
    engine.dispose()


def test_a_failed_method_leaves_nothing_behind(file: Path) -> None:
    store = SqlStore(open_database(f"sqlite:///{file}"))
    store.deploy(new_version(), NOW)
    before = dump(file)
    with pytest.raises(DeployError):
        store.deploy(new_version(expected_version=7, parameters={"n": 1}), NOW)
    assert dump(file) == before
    store.dispose()


def test_damage_that_is_met_in_use_is_told(file: Path) -> None:
    """And every other method of the store goes on, or says the same."""
    store = SqlStore(open_database(f"sqlite:///{file}"))
    for number in range(200):
        store.deploy(new_version(f"sales{number}"), NOW)
    store.dispose()
    with open(file, "r+b") as content:
        content.seek(4096 * 40)
        content.write(b"\xff" * 4096 * 60)
    again = SqlStore(open_database(f"sqlite:///{file}"))
    with pytest.raises(Unavailable, match="The database is damaged") as caught:
        again.deployments()
    assert "copy takes its place" in str(caught.value.hint)
    again.dispose()


@pytest.fixture
def locked(file: Path) -> Iterator[SqlStore]:
    """A store whose database another program is writing to."""
    engine = open_database(f"sqlite:///{file}")
    engine.raw_connection().execute("PRAGMA busy_timeout=50")  # type: ignore[attr-defined]
    store = SqlStore(engine)
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    yield store
    other.rollback()
    other.close()
    store.dispose()


def test_a_database_that_others_hold_is_unavailable(locked: SqlStore) -> None:
    for ask in (locked.deployments, lambda: locked.deploy(new_version(), NOW)):
        with pytest.raises(Unavailable) as caught:
            ask()
        assert "locked" in caught.value.message


def test_one_connection_serves_all_threads(file: Path) -> None:
    store = SqlStore(open_database(f"sqlite:///{file}"))
    thread = threading.Thread(target=lambda: store.deploy(new_version(), NOW))
    thread.start()
    thread.join()
    assert store.deployment("sales").current.number == 1
    store.dispose()
