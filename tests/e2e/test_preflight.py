"""A version is tried before it goes live, by real runs in real engines."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import nbformat
import pytest

from .conftest import Place, until

Document = dict[str, Any]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """With the way to try a version that is usual."""
    home = Place(tmp_path_factory.mktemp("preflight") / "home", preflight="full")
    (home.work / ".git").mkdir()  # the project's root
    yield home
    home.close()


def deploy(place: Place, name: str, *more: object, code: int = 0) -> Document:
    document: Document = place.json("notebook", name, *more, code=code)
    return document


def causes(document: Document) -> list[tuple[str, int | None]]:
    return [(item["cause"], item["cell"]) for item in document["preflight"]["findings"]]


def test_a_good_notebook_goes_live_and_is_measured(place: Place) -> None:
    place.notebook("good.ipynb", "held = bytearray(80_000_000)", "print(len(held))")
    document = deploy(place, "good.ipynb")
    preflight = document["preflight"]
    assert (document["version"], document["state"]) == (1, "live")
    assert (preflight["mode"], preflight["verdict"], preflight["findings"]) == (
        "full",
        "succeeded",
        [],
    )
    forecast = preflight["forecast"]
    assert 0 < forecast["duration"] < 60
    assert forecast["memory"] > 80_000_000
    assert forecast["disk"] > 0
    assert preflight["effects"] == {"network": [], "writes": []}
    assert place.json("logs", preflight["run"])["entries"]
    assert place.json("runs", "good")["runs"] == []


def test_a_failing_one_is_rejected_and_what_was_live_stays(place: Place) -> None:
    place.notebook("churn.ipynb", "print('fine')")
    deploy(place, "churn.ipynb", "--cron", "0 6 * * *", "--timezone", "UTC")
    place.notebook("churn.ipynb", "print('fine')", "1 / 0")
    rejected = deploy(place, "churn.ipynb", code=1)
    assert (rejected["version"], rejected["state"]) == (2, "rejected")
    preflight = rejected["preflight"]
    assert (preflight["verdict"], preflight["fault"], preflight["cell"]) == (
        "failed",
        "notebook",
        1,
    )
    assert "ZeroDivisionError" in preflight["reason"]
    live = place.json("show", "churn")
    assert (live["version"], live["state"]) == (1, "live")
    assert live["schedule"]["cron"] == "0 6 * * *"
    assert live["candidate"]["state"] == "rejected"
    run = place.json("run", "churn", "--wait")
    assert (run["version"], run["state"]) == (1, "succeeded")
    again = place.json("run", "churn", "--version", 2, "--wait", code=1)
    assert (again["version"], again["cell"]) == (2, 1)


def test_what_is_said_on_a_terminal(place: Place) -> None:
    place.notebook("said.ipynb", "import os", "raise ValueError('too much')")
    answer = place("notebook", "said.ipynb")
    assert answer.code == 1
    assert "Version 1 was rejected: cell 2: ValueError: too much." in answer.out
    assert "trying version 1 of said: cell 2 of 2" in answer.err
    answer = place("run", "said", "--wait")
    assert "no version of said is live; this runs version 1, which is rejected" in answer.err


#: What no reading of the source tells, the cell in which it fails, and what one click adds.
HIDDEN = {
    "data_file": (["name = 'fig' + 'ures.csv'", "open(name).read()"], 1, "figures.csv"),
    "data_file_below": (
        ["import os", "open(os.sep.join(['da' + 'ta', 'a.csv']))"],
        1,
        "data/a.csv",
    ),
    "data_file_of_pandas": (
        ["import pandas as pd", "pd.read_csv('fig' + 'ures.csv')"],
        1,
        "figures.csv",
    ),
    "local_module": (
        ["import importlib", "importlib.import_module('hel' + 'per')"],
        1,
        "helper.py",
    ),
    "local_package": (["__import__('pack' + 'age')"], 0, "package/**/*.py"),
}


@pytest.mark.parametrize("kind", HIDDEN)
def test_what_was_left_behind_is_named_and_one_click_mends_it(place: Place, kind: str) -> None:
    cells, cell, wanted = HIDDEN[kind]
    (place.work / "data").mkdir(exist_ok=True)
    (place.work / "package").mkdir(exist_ok=True)
    for name in ("figures.csv", "data/a.csv"):
        (place.work / name).write_text("a,b\n1,2\n")
    for name in ("helper.py", "package/__init__.py"):
        (place.work / name).write_text("VALUE = 1\n")
    place.notebook(f"{kind}.ipynb", *cells)
    rejected = deploy(place, f"{kind}.ipynb", code=1)
    [finding] = rejected["preflight"]["findings"]
    assert finding["cell"] == cell
    assert finding["cause"] == kind.partition("_of")[0].replace("_below", "").replace(
        "local_package", "local_module"
    )
    assert finding["action"] == {"files": [wanted]}
    mended = deploy(place, f"{kind}.ipynb", "--files", *finding["action"]["files"])
    assert mended["state"] == "live"
    assert causes(mended) == []


def test_a_file_that_the_notebook_can_do_without_is_no_alarm(place: Place) -> None:
    (place.work / "settings.json").write_text("{}")
    source = "try:\n    open('settings' + '.json')\nexcept OSError:\n    print('defaults')"
    place.notebook("silent.ipynb", source)
    document = deploy(place, "silent.ipynb")
    assert document["state"] == "live"
    assert causes(document) == []


def test_files_read_from_the_authors_folder_are_named(place: Place) -> None:
    (place.work / "mine.csv").write_text("1")
    place.notebook("mine.ipynb", f"place = {str(place.work)!r}", "open(place + '/mi' + 'ne.csv')")
    assert ("absolute_path", 1) in causes(deploy(place, "mine.ipynb"))


def test_a_package_that_is_missing_is_named(place: Place) -> None:
    place.notebook("missing.ipynb", "import importlib", "importlib.import_module('no' + 'body')")
    [finding] = deploy(place, "missing.ipynb", code=1)["preflight"]["findings"]
    assert (finding["cause"], finding["cell"]) == ("missing_package", 1)
    assert finding["action"] == {"packages": ["nobody"]}


def test_a_database_that_is_left_behind_is_named(place: Place) -> None:
    with closing(sqlite3.connect(place.work / "tickets.db")) as database:
        database.execute("CREATE TABLE tickets (id)")
    place.notebook(
        "tickets.ipynb",
        "import sqlite3\ndatabase = sqlite3.connect('tickets' + '.db')",
        "database.execute('SELECT * FROM tickets')",
    )
    [finding] = deploy(place, "tickets.ipynb", code=1)["preflight"]["findings"]
    assert (finding["cause"], finding["cell"]) == ("data_file", 0)
    assert finding["action"] == {"files": ["tickets.db"]}
    assert causes(deploy(place, "tickets.ipynb", "--files", "tickets.db")) == []


def test_a_process_that_installs_is_named(place: Place) -> None:
    place.notebook(
        "installs.ipynb",
        "import subprocess, sys\ndef add(name):\n"
        "    words = ['-m', 'pip', 'install', '--dry-run', '--no-index', name]\n"
        "    return subprocess.run([sys.executable] + words)",
        "add('humanize').returncode",
    )
    [finding] = deploy(place, "installs.ipynb")["preflight"]["findings"]
    assert (finding["cause"], finding["cell"]) == ("installs_package", 1)
    assert finding["action"] == {"packages": ["humanize"]}


def test_what_a_run_has_disproved_is_no_finding(place: Place) -> None:
    source = "try:\n    int('x')\nexcept ValueError:\n    pass\nelse:\n    never_defined"
    place.notebook("disproved.ipynb", source)
    assert [item["cause"] for item in place.json("check", "disproved.ipynb", code=1)["findings"]]
    assert causes(deploy(place, "disproved.ipynb")) == []


def test_side_effects_are_listed(place: Place, tmp_path: Path) -> None:
    outside = tmp_path / "outside.txt"
    place.notebook(
        "effects.ipynb",
        f"open({str(outside)!r}, 'w').write('x')\nopen('inside.txt', 'w').write('y')",
        "import socket\ntry:\n    socket.create_connection(('127.0.0.1', 9), 1)\n"
        "except OSError:\n    pass",
    )
    effects = deploy(place, "effects.ipynb")["preflight"]["effects"]
    assert effects == {"network": ["127.0.0.1:9"], "writes": [str(outside)]}


def test_a_sample_is_tried_with_its_own_parameters(place: Place) -> None:
    place.notebook(
        "sample.ipynb", "assert n_rows <= 10, n_rows", parameters="n_rows = 1000  # type: int"
    )
    assert deploy(place, "sample.ipynb", code=1)["state"] == "rejected"
    document = deploy(place, "sample.ipynb", "--sample", "n_rows=10", "-p", "n_rows=2000")
    preflight = document["preflight"]
    assert (document["state"], preflight["mode"]) == ("live", "sample")
    assert (preflight["parameters"], document["parameters"]) == ({"n_rows": 10}, {"n_rows": 2000})
    error = place.error("notebook", "sample.ipynb", "--sample", "rows=10")
    assert "rows" in error["message"]


def test_imports_alone_are_tried(place: Place) -> None:
    place.notebook("imports.ipynb", "import json\n%matplotlib inline\n1 / 0", "import os as o")
    document = deploy(place, "imports.ipynb", "--preflight", "imports")
    assert (document["state"], document["preflight"]["mode"]) == ("live", "imports")
    place.notebook("imports.ipynb", "import json", "1 / 0", "import nobody_has_it")
    rejected = deploy(place, "imports.ipynb", "--preflight", "imports", code=1)
    assert rejected["preflight"]["cell"] == 2


def test_nothing_is_tried_where_that_is_wished(place: Place) -> None:
    place.notebook("never.ipynb", "1 / 0")
    document = deploy(place, "never.ipynb", "--preflight", "none")
    assert (document["state"], document["preflight"]["verdict"]) == ("live", None)


def test_a_run_is_not_started_of_what_was_rejected(place: Place) -> None:
    place.notebook("stopped.ipynb", "1 / 0")
    document = deploy(place, "stopped.ipynb", "--run", "--wait", code=1)
    assert document["state"] == "rejected"
    assert place.json("runs", "stopped")["runs"] == []


def test_a_deployment_file_says_how(place: Place) -> None:
    folder = place.work / "project"
    (folder / "schedules").mkdir(parents=True)
    (folder / "n.ipynb").write_text(nbformat.writes(nbformat.read(_failing(place), 4)))
    file = folder / "schedules" / "filed.yaml"
    file.write_text("notebook: n.ipynb\n")
    applied = place.json("apply", folder, "--run", code=1)
    [result] = applied["deployments"]
    assert (result["change"], result["state"]) == ("rejected", "rejected")
    assert "ZeroDivisionError" in result["reason"]
    assert applied["runs"] == []
    file.write_text("notebook: n.ipynb\npreflight: none\n")
    [result] = place.json("apply", folder)["deployments"]
    assert result["state"] == "live"
    file.write_text("notebook: n.ipynb\npreflight: {sample: {a: 1}, more: 2}\n")
    assert "filed.yaml:2" in place.error("apply", folder)["message"]


def _failing(place: Place) -> Path:
    return place.notebook("failing.ipynb", "1 / 0")


def test_an_engine_that_dies_while_it_tries_goes_on_afterwards(tmp_path: Path) -> None:
    home = Place(tmp_path / "home", preflight="full")
    try:
        home.start_engine()
        gate = tmp_path / "gate"
        source = f"import os, time\nwhile not os.path.exists({str(gate)!r}):\n    time.sleep(0.05)"
        home.notebook("slow.ipynb", source, "print('done')")
        deploying = home.start("notebook", "slow.ipynb")
        run = until(lambda: _trial(home))
        until(lambda: home.client.run(run)["progress"])
        deploying.kill()
        deploying.communicate()
        home.kill_engine()
        home.start_engine()
        assert home.client.deployment("slow")["state"] == "candidate"
        gate.touch()
        until(lambda: home.client.deployment("slow")["state"] == "live")
    finally:
        home.close()


def _trial(home: Place) -> int | None:
    found = home.client.runs()["runs"]
    assert found == []
    deployments = home.client.deployments()["deployments"]
    candidate = deployments[0]["candidate"] if deployments else None
    return candidate["run"] if candidate else None
