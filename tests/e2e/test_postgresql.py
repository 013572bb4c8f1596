"""The engine on PostgreSQL: the same life, and a server that goes away under it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import psutil
import pytest

from jupyter_deploy.errors import Unavailable
from jupyter_deploy.testing import postgres

from .conftest import Document, Place, until

Make = Callable[..., Place]


@pytest.fixture(scope="module")
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


@pytest.fixture
def pair(make_place: Make, server: postgres.Server) -> tuple[Place, Place]:
    """Two engines on one database, each in a data directory of its own."""
    url = server.database()
    places = tuple(make_place(database_url=url, max_running=1, lease_seconds=3) for _ in range(2))
    for place in places:
        place.start_engine()
    return places[0], places[1]


LONG = "import time\nprint('begun', flush=True)\ntime.sleep({seconds})\nprint('done')"


def engine_of(run: Document) -> str:
    return str(run["attempts"][-1]["engine"])


def test_two_engines_share_the_work(pair: tuple[Place, Place]) -> None:
    here, there = pair
    here.deploy("work", LONG.format(seconds=1), "open('result.txt', 'w').write('kept')")
    numbers = [here.run("work") for _ in range(4)]
    runs = [there.ended(number) for number in numbers]
    assert {run["verdict"] for run in runs} == {"succeeded"}
    assert len({engine_of(run) for run in runs}) == 2
    for place in pair:
        for number in numbers:  # wherever it ran
            assert "done" in place.printed(number)
            assert place.client.output(number, "result.txt") == b"kept"
            assert b"done" in place.client.output(number, "output.ipynb")
    assert len(here.json("engine", "status")["engines"]) == 2


def test_what_another_engine_runs_is_cancelled_from_here(pair: tuple[Place, Place]) -> None:
    here, there = pair
    here.deploy("work", LONG.format(seconds=600))
    numbers = [here.run("work") for _ in range(2)]
    for number in numbers:
        until(lambda number=number: here.client.run(number)["state"] == "running")
    for number in numbers:
        here.client.cancel(number)
    for number in numbers:
        assert there.ended(number, 15)["state"] == "cancelled"


def test_a_killed_engine_is_taken_over(pair: tuple[Place, Place]) -> None:
    here, there = pair
    retry = {"retry": {"attempts": 2, "backoff": 0}}
    here.deploy("work", LONG.format(seconds=20), policies=retry)
    numbers = [here.run("work") for _ in range(2)]
    for number in numbers:
        until(lambda number=number: here.client.run(number)["state"] == "running")
    [mine] = [n for n in numbers if (here.data.resolve() / "deploy/runs" / str(n)).exists()]
    here.until_printed(mine, "begun")
    other = next(number for number in numbers if number != mine)
    here.kill_engine()
    there.client.cancel(other)  # so that there is a slot
    until(lambda: len(there.client.run(mine)["attempts"]) == 2)
    run = there.client.run(mine)
    assert [attempt["outcome"] for attempt in run["attempts"]] == ["engine lost", None]
    assert here.processes_of(mine) == []
    there.until_printed(mine, "begun")
    here.start_engine()  # it finds that nothing here is its own any more
    assert [attempt["fence"] for attempt in here.client.run(mine)["attempts"]] == [1, 2]
    there.client.cancel(mine)
    assert here.ended(mine, 15)["state"] == "cancelled"


def test_an_engine_that_stood_still_gives_up_what_is_no_longer_its_own(
    pair: tuple[Place, Place],
) -> None:
    here, there = pair
    here.deploy("work", LONG.format(seconds=600))
    numbers = [here.run("work") for _ in range(2)]
    for number in numbers:
        until(lambda number=number: here.client.run(number)["state"] == "running")
    [mine] = [n for n in numbers if (here.data.resolve() / "deploy/runs" / str(n)).exists()]
    here.until_printed(mine, "begun")
    engine = psutil.Process(here.runtime_document()["pid"])
    engine.suspend()
    until(lambda: there.client.run(mine)["state"] == "failed")
    run = there.client.run(mine)
    assert (run["fault"], run["attempts"][0]["outcome"]) == ("lost", "engine lost")
    assert here.processes_of(mine) == []
    engine.resume()
    until(lambda: _answers(here))  # its connection may have been ended meanwhile
    until(lambda: len(here.client.health()["engines"]) == 2)
    assert here.client.run(mine) == run
    for number in numbers:
        if number != mine:
            here.client.cancel(number)


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
