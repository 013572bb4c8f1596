"""`history`, as people use it, on real runs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from .conftest import Home
from .test_contract import check

SOURCES = ("import math", "math.sqrt(2)", "assert n < 7, 'too many'", "print('done')")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    place = Home(tmp_path_factory.mktemp("history"))
    place.notebook("sales.ipynb", *SOURCES, parameters="n = 5")
    place.json("notebook", "sales.ipynb")
    for value in (5, 6, 7, 8):
        place("run", "sales", "-p", f"n={value}", "--wait")
    yield place
    place.close()


def test_since_when_it_fails_and_each_cell(home: Home) -> None:
    document = home.json("history", "sales")
    check(document, "History")
    assert document["failing"]["since"]["run"] == 3
    assert (document["failing"]["cell"], document["failing"]["runs"]) == (3, 2)
    assert document["failing"]["last_good"]["run"] == 2
    assert document["runs"]["id"] == document["matrix"]["runs"] == [4, 3, 2, 1]
    titles = [row["title"] for row in document["matrix"]["cells"]]
    assert titles == ["n = 5", *SOURCES]
    assert document["matrix"]["cells"][3]["status"] == ["error", "error", "ok", "ok"]
    assert document["matrix"]["cells"][4]["seconds"][:2] == [None, None]
    assert document["usual"] > 0


def test_for_people(home: Home) -> None:
    shown = home("history", "sales").out
    assert "Fails in cell 4 since run 3 (now, 2 runs); run 2 was the last good one" in shown
    [line] = [line for line in shown.splitlines() if "assert n < 7" in line]
    assert line.rstrip().endswith("✗✗")


def test_a_good_one_one_that_never_ran_and_none(home: Home) -> None:
    home.notebook("fresh.ipynb", "1 + 1")
    home.json("notebook", "fresh.ipynb")
    assert "fresh never ran." in home("history", "fresh").out
    home("run", "fresh", "--wait")
    assert "A good run takes" in home("history", "fresh").out
    assert home("history", "nowhere").code == 2
