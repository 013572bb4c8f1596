"""Hundreds of faults at random with two engines: nothing is lost, doubled or left over.

`FAULTS` says how many, `FAULTS_SEED` which.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_deploy.testing import postgres

from .conftest import Make
from .schedule import SHARED
from .surviving import COUNT, survive


@pytest.mark.timeout(300 + 5 * COUNT)
def test_two_engines_on_postgresql(
    make_site: Make, server: postgres.Server, tmp_path: Path
) -> None:
    url = server.database()
    sites = [make_site(database_url=url, max_running=2, lease_seconds=3) for _ in range(2)]
    survive(sites, url, tmp_path, SHARED, server)
