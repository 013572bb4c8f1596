"""`metrics`, as people use it, on real runs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from jupyter_deploy.cli.metrics import bars

from .conftest import Home
from .test_contract import check

SOURCE = """
import jupyter_deploy as jd
jd.metric("auc", n / 100, unit="%")
jd.metric("worst", float("nan"))
print("rows:", 10 * n)
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    place = Home(tmp_path_factory.mktemp("metrics"))
    place.notebook("sales.ipynb", SOURCE, parameters="n = 5")
    place.notebook("silent.ipynb", "x = 1")
    place.json("notebook", "sales.ipynb")
    place.json("notebook", "silent.ipynb")
    for value in (5, 6, 8):
        place("run", "sales", "-p", f"n={value}", "--wait")
    yield place
    place.close()


def test_the_run_has_its_metrics(home: Home) -> None:
    run = home.json("run", "sales", "-p", "n=8", "--wait")
    assert run["metrics"] == {"auc": 0.08, "worst": "nan", "rows": 80}
    listed = home.json("runs", "sales", "--limit", "1")["runs"]
    assert listed[0]["metrics"] == run["metrics"]


def test_each_metric_over_the_runs(home: Home) -> None:
    document = home.json("metrics", "sales", "--limit", "1000")
    check(document, "MetricList")
    series = {one["name"]: one for one in document["metrics"]}
    assert series.keys() == {"auc", "worst", "rows"}
    assert [one["value"] for one in series["rows"]["values"]][:3] == [50, 60, 80]
    assert (series["auc"]["unit"], series["auc"]["source"]) == ("%", "sdk")
    assert series["rows"]["source"] == "shown"
    assert [one["run"] for one in series["auc"]["values"]][:3] == [1, 2, 3]


def test_one_metric_of_some_runs(home: Home) -> None:
    [series] = home.json("metrics", "sales", "-m", "auc", "--limit", "2")["metrics"]
    assert (series["name"], len(series["values"])) == ("auc", 2)


def test_for_people(home: Home) -> None:
    lines = home("metrics", "sales", "--limit", "3").out.splitlines()
    [auc] = [line for line in lines if line.startswith("auc")]
    assert "0.08 %" in auc
    assert any(bar in auc for bar in "▁▅█")
    assert lines.index(auc) < next(n for n, line in enumerate(lines) if line.startswith("rows"))


def test_a_metric_that_is_not_there(home: Home) -> None:
    refused = home("metrics", "sales", "-m", "f1")
    assert refused.code == 2
    assert "There is no metric 'f1' in the newest runs of sales." in refused.err
    assert "jupyter deploy metrics sales" in refused.err


def test_a_notebook_without_numbers_and_one_that_is_not_there(home: Home) -> None:
    assert "No run of silent has shown a number yet." in home("metrics", "silent").out
    assert home("metrics", "nowhere").code == 2


@pytest.mark.parametrize(
    ("values", "line"),
    [([1, 2, 3], "▁▅█"), ([5, 5], "▅▅"), ([1, float("nan"), 3], "▁·█"), ([], "")],
)
def test_bars(values: list[float], line: str) -> None:
    assert bars(values) == line
