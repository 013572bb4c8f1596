"""The engine on PostgreSQL: the same life, and a server that goes away under it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from jupyter_deploy.errors import Unavailable
from jupyter_deploy.testing import postgres

from .conftest import Place, until

Make = Callable[..., Place]


@pytest.fixture
def server() -> Iterator[postgres.Server]:
    with postgres.server() as running:
        yield running


@pytest.fixture
def place(make_place: Make, server: postgres.Server) -> Place:
    return make_place(database_url=server.database())


def test_a_notebook_is_deployed_and_run(place: Place) -> None:
    place.notebook("sales.ipynb", "print(region * 2)", parameters="region = 'eu'")
    document = place.json("notebook", "sales.ipynb", "-p", "region=us", "--wait")
    assert document["run"]["state"] == "succeeded"
    assert "usus" in place.printed(document["run"]["id"])
    assert place.json("engine", "status")["database"].startswith("postgresql://")
    checks = {check["name"]: check for check in place.json("doctor")["checks"]}
    assert checks["database"]["state"] == "ok"


def test_a_second_data_directory_does_not_share_it(place: Place, make_place: Make) -> None:
    place.start_engine()
    config = (place.config / "jupyter_deploy_config.py").read_text()
    other = make_place()
    (other.config / "jupyter_deploy_config.py").write_text(config)
    error = other.error("list", code=3)
    assert "Another engine owns this database" in error["message"]


def test_a_run_outlives_the_database_under_it(place: Place, server: postgres.Server) -> None:
    place.start_engine()
    place.deploy("long", "import time\nprint('begun', flush=True)\ntime.sleep(3)\nprint('done')")
    number = place.run("long")
    place.until_printed(number, "begun")
    server.stop("immediate")
    with pytest.raises(Unavailable):
        place.client.run(number)
    server.start()
    until(lambda: _answers(place))
    assert place.ended(number)["state"] == "succeeded"
    assert len(place.client.run(number)["attempts"]) == 1


def _answers(place: Place) -> bool:
    try:
        return bool(place.client.deployments())
    except Unavailable:
        return False
