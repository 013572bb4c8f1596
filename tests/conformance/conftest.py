"""The same tests for every implementation of the store."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from jupyter_deploy.ports.store import Store
from jupyter_deploy.store.database import open_database
from jupyter_deploy.store.sql import SqlStore
from jupyter_deploy.testing.memory import MemoryStore


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    store: Store = MemoryStore()
    if request.param == "sqlite":
        store = SqlStore(open_database(f"sqlite:///{tmp_path / 'deploy.db'}"))
    yield store
    store.dispose()
