"""The same tests for every implementation of the store."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from jupyter_deploy.ports.store import Store
from jupyter_deploy.store.database import open_database
from jupyter_deploy.store.sql import SqlStore
from jupyter_deploy.testing import postgres
from jupyter_deploy.testing.memory import MemoryStore


@pytest.fixture(scope="session")
def server() -> Iterator[postgres.Server]:
    with postgres.server() as running:
        yield running


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    store: Store = MemoryStore()
    if request.param == "sqlite":
        store = SqlStore(open_database(f"sqlite:///{tmp_path / 'deploy.db'}"))
    elif request.param == "postgresql":
        server = request.getfixturevalue("server")
        store = SqlStore(open_database(server.database()))
    yield store
    store.dispose()
