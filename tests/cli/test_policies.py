"""Options for overlap, retries and limits, and running a run once more."""

from __future__ import annotations

import pytest

from jupyter_deploy.domain.policies import Policies
from jupyter_deploy.server.contract import validator

from .conftest import Home

DAILY = ["--cron", "0 6 * * *", "--timezone", "UTC"]


def test_policies_are_deployed_and_shown(deployed: Home) -> None:
    deployed.notebook("limited.ipynb", "1")
    options = ["--retries", "2", "--timeout", "2h", "--cell-timeout", "90", "--max-running", "1"]
    made = deployed.json("notebook", "limited.ipynb", *options)
    validator("Deployment").validate(made)
    assert made["policies"] == {
        "retry": {"attempts": 3, "backoff": 60.0, "on": ["infrastructure", "lost"]},
        "timeout": {"run": 7200.0, "cell": 90.0, "queue": None, "kernel_start": 60.0},
        "max_running": 1,
        "priority": 0,
        "secrets": [],
    }
    assert deployed.json("notebook", "limited.ipynb", *options)["version"] == 1
    assert deployed.json("show", "limited")["policies"] == made["policies"]
    plain = deployed.json("notebook", "limited.ipynb")
    assert (plain["version"], plain["policies"]) == (2, Policies().to_json())
    once = deployed.json("notebook", "limited.ipynb", "--retries", "0")
    assert once["version"] == 2


def test_overlap_and_catch_up_belong_to_the_schedule(deployed: Home) -> None:
    deployed.notebook("daily.ipynb", "1")
    options = ["--overlap", "cancel_previous", "--catch-up", "all"]
    made = deployed.json("notebook", "daily.ipynb", *DAILY, *options)
    schedule = made["schedule"]
    assert (schedule["overlap"], schedule["catch_up"]) == ("cancel_previous", "all")
    usual = deployed.json("notebook", "daily.ipynb", *DAILY)["schedule"]
    assert (usual["overlap"], usual["catch_up"]) == ("skip", "latest")
    deployed.json("delete", "daily", "--yes")


@pytest.mark.parametrize(
    ("options", "field", "words"),
    [
        (["--overlap", "allow"], "schedule.cron", "--overlap goes with --cron."),
        (["--catch-up", "all"], "schedule.cron", "--catch-up goes with --cron."),
        ([*DAILY, "--overlap", "maybe"], None, "'maybe' is not one of 'skip', 'queue_one'"),
        ([*DAILY, "--catch-up", "some"], None, "'some' is not one of 'none', 'latest', 'all'"),
        (["--retries", "-1"], None, "-1 is not in the range 0<=x<=9"),
        (["--retries", "10"], None, "10 is not in the range 0<=x<=9"),
        (["--retries", "often"], None, "'often' is not a valid integer"),
        (["--timeout", "2 weeks"], "timeout.run", "'2 weeks' is not a length of time."),
        (["--timeout", "0"], "timeout.run", "timeout.run lies between 1 s and 30 d, not at 0."),
        (["--cell-timeout", "31d"], "timeout.cell", "between 1 s and 30 d, not at 31d."),
        (["--timeout", "1h", "--cell-timeout", "2h"], "timeout.cell", "may take 2 h"),
        (["--max-running", "0"], None, "0 is not in the range 1<=x<=1000"),
    ],
)
def test_wrong_options_are_refused_in_one_sentence(
    deploy_home: Home, options: list[str], field: str | None, words: str
) -> None:
    """Before anything is read or started: there is neither notebook nor engine."""
    error = deploy_home.error("notebook", deploy_home.notebook("a.ipynb", "1"), *options)
    assert (error["type"], error["field"]) == ("invalid-input", field)
    assert words in error["message"]
    assert error["message"].endswith(".")
    assert "\n" not in error["message"]
    assert not list(deploy_home.runtime.iterdir())
    plain = deploy_home("notebook", "a.ipynb", *options)
    assert plain.code == 2
    assert plain.out == ""
    assert plain.err.splitlines()[0].startswith("Error: ")


def test_retry_runs_the_same_once_more(deployed: Home) -> None:
    first = deployed.json("run", "good", "-p", "n=7", "--wait")
    again = deployed.json("retry", first["id"])
    validator("Run").validate(again)
    assert again["id"] > first["id"]
    assert (again["trigger"], again["version"]) == ("retry", first["version"])
    assert again["why"] == f"Run {first['id']} again, asked for by {again['created_by']}."
    assert again["why"] in deployed("logs", again["id"], "--follow").out
    rows = [line.split(maxsplit=1) for line in deployed("runs").out.splitlines() if line.strip()]
    assert again["why"] in dict(row for row in rows if len(row) == 2)[str(again["id"])]
    assert again["parameters"] == first["parameters"]
    assert again["state"] in ("queued", "running")
    waited = deployed.json("retry", first["id"], "--wait")
    assert (waited["state"], waited["parameters"]) == ("succeeded", first["parameters"])
    deployed("logs", again["id"], "--follow")


def test_retry_exits_as_the_run_ends(deployed: Home) -> None:
    assert deployed.json("retry", 2, "--wait", code=1)["fault"] == "notebook"
    answer = deployed("retry", 2, "--wait")
    assert answer.code == 1
    assert "ZeroDivisionError" in answer.out
    quick = deployed("retry", 2)
    assert (quick.code, quick.err) == (0, "")
    assert int(quick.out) > 2  # its id alone, for scripts
    deployed("logs", quick.out.strip(), "--follow")


def test_retry_needs_a_run_that_has_ended(deployed: Home) -> None:
    number = deployed.json("run", "slow")["id"]
    try:
        error = deployed.error("retry", number)
        assert error["type"] == "conflict"
        assert "has not ended yet" in error["message"]
    finally:
        deployed("cancel", number)
        deployed("logs", number, "--follow")
    assert deployed.error("retry", "999999")["type"] == "not-found"
    assert deployed.error("retry", "x")["type"] == "invalid-input"
    assert deployed.error("retry")["type"] == "invalid-input"


def test_a_deployment_files_policies_are_applied(deployed: Home) -> None:
    project = deployed.notebook("limits/applied.ipynb", "1").parent
    (project / "schedules").mkdir()
    file = project / "schedules" / "applied.yaml"
    text = (
        "notebook: applied.ipynb\n"
        "retry: {attempts: 2, backoff: 5m, on: [lost, timeout]}\n"
        "timeout: {cell: 30m}\nmax_running: 2\npriority: 7\n"
    )
    file.write_text(text)
    deployed.json("apply", project)
    policies = deployed.json("show", "applied")["policies"]
    assert policies["retry"] == {"attempts": 2, "backoff": 300.0, "on": ["lost", "timeout"]}
    assert policies["timeout"]["cell"] == 1800.0
    assert (policies["max_running"], policies["priority"]) == (2, 7)
    file.write_text(text.replace("30m", "an hour"))
    answer = deployed("apply", project)
    assert answer.code != 0
    assert "applied.yaml:3" in answer.out + answer.err
    assert deployed.json("show", "applied")["version"] == 1
