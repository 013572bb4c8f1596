"""Hundreds of faults at random on SQLite: nothing is lost, doubled or left over.

`FAULTS` says how many, `FAULTS_SEED` which.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from .conftest import Make
from .schedule import EVERYWHERE
from .surviving import COUNT, survive


@pytest.mark.timeout(300 + 5 * COUNT)
def test_one_engine_on_sqlite(make_site: Make, tmp_path: Path) -> None:
    site = make_site(max_running=4)
    url = f"sqlite:///{site.data.resolve() / 'deploy' / 'deploy.db'}"
    survive([site], url, tmp_path, EVERYWHERE, None)
