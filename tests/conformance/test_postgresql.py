"""What is PostgreSQL's own: its schema, and a server that comes and goes."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine

from jupyter_deploy.errors import InvalidInput, Unavailable
from jupyter_deploy.store.database import newest_revision, open_database
from jupyter_deploy.store.schema import metadata
from jupyter_deploy.store.sql import SqlStore
from jupyter_deploy.testing import postgres
from jupyter_deploy.testing.samples import NOW, new_version


@pytest.fixture
def own_server() -> Iterator[postgres.Server]:
    """One that a test may stop."""
    with postgres.server() as running:
        yield running


def test_migrations_make_the_schema_of_the_code(server: postgres.Server) -> None:
    engine = open_database(server.database())
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        assert compare_metadata(context, metadata) == []
        assert context.get_current_revision() == newest_revision()
    engine.dispose()


def test_engines_that_start_together_make_one_schema(server: postgres.Server) -> None:
    url = server.database()
    with ThreadPoolExecutor(4) as pool:
        for engine in pool.map(open_database, [url] * 4):
            engine.dispose()


def test_a_newer_schema_is_refused_and_left_alone(server: postgres.Server) -> None:
    url = server.database()
    open_database(url).dispose()
    with psycopg.connect(url) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(InvalidInput, match="newer version"):
        open_database(url)
    with psycopg.connect(url) as connection:
        held = connection.execute("SELECT version_num FROM alembic_version").fetchall()
    assert held == [("9999",)]


def test_a_failed_migration_leaves_nothing(server: postgres.Server) -> None:
    url = server.database()
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE events (theirs integer)")
    with pytest.raises(Unavailable):
        open_database(url)
    with psycopg.connect(url) as connection:
        query = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
        assert connection.execute(query).fetchall() == [("events",)]


def test_a_server_that_comes_back_is_used_again(own_server: postgres.Server) -> None:
    store = SqlStore(open_database(own_server.database()))
    store.deploy(new_version(), NOW)
    own_server.stop("immediate")
    with pytest.raises(Unavailable) as caught:
        store.deployments()
    assert caught.value.status == 503
    own_server.start()
    assert [item.name for item in store.deployments()] == ["sales"]
    store.dispose()


def test_a_server_that_does_not_answer_is_said(own_server: postgres.Server) -> None:
    url = own_server.database()
    own_server.stop()
    with pytest.raises(Unavailable, match="cannot be opened") as caught:
        open_database(url)
    assert "\n" not in caught.value.message
    own_server.start()


def test_the_address_is_shown_without_its_password(server: postgres.Server) -> None:
    url = f"postgresql://owner:secret@127.0.0.1:{server.port}/missing"
    with pytest.raises(Unavailable) as caught:
        open_database(url)
    assert "secret" not in f"{caught.value.message} {caught.value.hint}"


def test_times_are_kept_in_utc_whatever_the_session_says(server: postgres.Server) -> None:
    url = server.database()
    open_database(url).dispose()
    plain = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    store = SqlStore(plain)
    deployment, _ = store.deploy(new_version(), NOW)
    assert deployment.current.created_at == NOW
    store.dispose()
