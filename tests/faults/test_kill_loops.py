"""Hundreds of faults at random, and nothing is lost, doubled or left over.

`FAULTS` says how many, `FAULTS_SEED` which.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from e2e.conftest import until

from jupyter_deploy.testing import postgres

from . import audit
from .chaos import Chaos
from .schedule import EVERYWHERE, SHARED, draw, wanted
from .sites import Site
from .workload import Workload, in_database

COUNT, SEED = wanted()
#: Seconds until everything has come to rest.
REST = 150.0

Make = Callable[..., Site]


@pytest.fixture
def make_site(tmp_path: Path) -> Iterator[Make]:
    made: list[Site] = []

    def make(**settings: int | str) -> Site:
        made.append(Site(tmp_path / f"home {len(made)}", **settings))
        return made[-1]

    yield make
    for site in made:
        site.close()


@pytest.fixture
def server() -> Iterator[postgres.Server]:
    with postgres.server() as running:
        yield running


@pytest.mark.timeout(300 + 5 * COUNT)
def test_one_engine_on_sqlite(make_site: Make, tmp_path: Path) -> None:
    site = make_site(max_running=4)
    url = f"sqlite:///{site.data.resolve() / 'deploy' / 'deploy.db'}"
    survive([site], url, tmp_path, EVERYWHERE, None)


@pytest.mark.timeout(300 + 5 * COUNT)
def test_two_engines_on_postgresql(
    make_site: Make, server: postgres.Server, tmp_path: Path
) -> None:
    url = server.database()
    sites = [make_site(database_url=url, max_running=2, lease_seconds=3) for _ in range(2)]
    survive(sites, url, tmp_path, SHARED, server)


def survive(
    sites: list[Site],
    url: str,
    folder: Path,
    weights: Mapping[str, int],
    server: postgres.Server | None,
) -> None:
    print(f"\nFAULTS={COUNT} FAULTS_SEED={SEED}")
    began = time.monotonic()
    for site in sites:
        site.launch()
    workload = Workload(sites, url, folder / "witness", random.Random(SEED))
    workload.begin()
    chaos = Chaos(sites, workload, server)
    chaos.run(draw(weights, COUNT, SEED))
    workload.finish()
    until(lambda: in_database(url, audit.at_rest), REST, 0.5)
    violations, books = audit.check(workload)
    states = Counter(row.state for row in books.runs.values())
    files = sum(len(row.outputs) for row in books.runs.values())
    print(
        f"{chaos.done.total()} faults {dict(chaos.done)}: {len(books.runs)} runs {dict(states)}, "
        f"{books.count} attempts, {len(workload.expected)} schedules, "
        f"{len(workload.keys)} keys, {files} files, {len(violations)} violations "
        f"in {time.monotonic() - began:.0f} s"
    )
    assert not violations, "\n".join(violations)
