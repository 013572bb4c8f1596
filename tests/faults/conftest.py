"""Places for engines that are going to be killed."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from jupyter_deploy.testing import postgres

from .sites import Site

# For `benchmarks`; behind everything, or mutants would be the package in this checkout.
sys.path.append(str(Path(__file__).parents[2]))

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
