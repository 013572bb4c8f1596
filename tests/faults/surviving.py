"""A kill loop: faults at random while work is under way, and then the books are checked."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from e2e.conftest import until

from jupyter_deploy.testing import postgres

from . import audit
from .chaos import Chaos
from .schedule import draw, wanted
from .sites import Site
from .workload import Workload, in_database

COUNT, SEED = wanted()
#: Seconds until everything has come to rest.
REST = 150.0


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
