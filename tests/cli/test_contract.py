"""What the commands print with --json and how they exit, as DESIGN §5 and §6 fix it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from jupyter_deploy.server.contract import validator

from .conftest import Home

RUN = {
    "id", "deployment", "version", "trigger", "state", "verdict", "fault", "reason", "cell",
    "due_at", "created_at", "started_at", "ended_at", "duration", "parameters", "attempts",
    "progress", "metrics", "outputs", "cost", "why",
}  # fmt: skip
DEPLOYMENT = {
    "name", "version", "state", "notebook", "origin", "parameters", "schedule", "next_fires",
    "preflight", "environment", "paused",
}  # fmt: skip
STATUS = {
    "running", "pid", "url", "since", "data_dir", "database", "keeps_alive", "holding", "slots",
    "queued", "running_runs", "rss", "cpu", "engines",
}  # fmt: skip


def check(document: Any, schema: str) -> None:
    validator(schema).validate(document)


def test_notebook_prints_the_deployment(deployed: Home) -> None:
    document = deployed.json("notebook", "bad.ipynb")
    check(document, "Deployment")
    assert set(document) >= DEPLOYMENT
    assert "run" not in document
    assert (document["name"], document["version"], document["state"]) == ("bad", 1, "live")


def test_notebook_with_run_adds_the_run(deploy_home: Home) -> None:
    deploy_home.notebook("quick.ipynb", "1")
    started = deploy_home.json("notebook", "quick.ipynb", "--run")
    check(started, "Deployment")
    check(started["run"], "Run")
    assert started["run"]["state"] in ("queued", "running")
    ended = deploy_home.json("notebook", "quick.ipynb", "--run", "--wait")
    assert ended["run"]["state"] == "succeeded"
    assert ended["last_run"]["id"] == ended["run"]["id"]


def test_a_changed_notebook_is_a_new_version(deploy_home: Home) -> None:
    deploy_home.notebook("report.ipynb", "1", parameters="n = 1")
    versions = [deploy_home.json("notebook", "report.ipynb")["version"] for _ in range(2)]
    versions.append(deploy_home.json("notebook", "report.ipynb", "-p", "n=2")["version"])
    deploy_home.notebook("report.ipynb", "2", parameters="n = 1")
    versions.append(deploy_home.json("notebook", "report.ipynb", "-p", "n=2")["version"])
    assert versions == [1, 1, 2, 3]
    document = deploy_home.json("versions", "report")
    check(document, "VersionList")
    assert [item["version"] for item in document["versions"]] == [3, 2, 1]
    assert [item["state"] for item in document["versions"]] == ["live", "superseded", "superseded"]


def test_the_schedule_is_stored_and_shown(deployed: Home) -> None:
    document = deployed.json("show", "good")
    check(document, "Deployment")
    assert set(document) >= DEPLOYMENT
    assert document["schedule"]["cron"] == "0 6 * * mon-fri"
    assert document["schedule"]["timezone"] == "Europe/Berlin"
    assert len(document["next_fires"]) == 5
    assert [item["path"] for item in document["files"]] == ["bad.ipynb"]


def test_list(deployed: Home) -> None:
    document = deployed.json("list")
    check(document, "DeploymentList")
    assert {"bad", "good", "slow"} <= {item["name"] for item in document["deployments"]}


def test_run_is_accepted_at_once(deployed: Home) -> None:
    document = deployed.json("run", "good")
    check(document, "Run")
    assert set(document) >= RUN
    assert document["state"] in ("queued", "running")


def test_run_reads_parameters_as_their_types(deployed: Home) -> None:
    given = ["-p", "n=7", "-p", "region=01", "-p", "ratio=2", "-p", "flag=yes"]
    document = deployed.json("run", "good", *given, "--wait")
    assert document["parameters"] == {"n": 7, "region": "01", "ratio": 2, "flag": True}
    assert document["state"] == "succeeded"
    entries = deployed.json("logs", document["id"])["entries"]
    assert "printed 7 01\n" in [e["output"].get("text") for e in entries if e["kind"] == "output"]


def test_run_waits_and_fails_with_1(deployed: Home) -> None:
    document = deployed.json("run", "bad", "--wait", code=1)
    check(document, "Run")
    assert (document["state"], document["verdict"], document["fault"]) == (
        "failed",
        "failed",
        "notebook",
    )
    assert document["cell"] == 1
    assert "ZeroDivisionError" in document["reason"]


def test_the_same_key_is_the_same_run(deployed: Home) -> None:
    ids = {deployed.json("run", "good", "--key", "once")["id"] for _ in range(3)}
    assert len(ids) == 1


def test_runs(deployed: Home) -> None:
    document = deployed.json("runs")
    check(document, "RunList")
    assert set(document) == {"runs", "next"}
    failed = deployed.json("runs", "bad", "--state", "failed", "--limit", "1")
    check(failed, "RunList")
    assert [run["deployment"] for run in failed["runs"]] == ["bad"]
    assert deployed.json("runs", "slow")["runs"] == []


def test_runs_page_by_page(deployed: Home) -> None:
    first = deployed.json("runs", "--limit", "1")
    second = deployed.json("runs", "--limit", "1", "--cursor", first["next"])
    assert first["runs"][0]["id"] > second["runs"][0]["id"]


@pytest.mark.parametrize("more", [(), ("--follow",)])
def test_logs(deployed: Home, more: tuple[str, ...]) -> None:
    document = deployed.json("logs", "1", *more)
    assert list(document) == ["entries"]
    for entry in document["entries"]:
        check(entry, "LedgerEntry")
    kinds = [entry["kind"] for entry in document["entries"]]
    assert (kinds[0], kinds[-1]) == ("attempt_started", "finished")


def test_logs_follow_exits_as_the_run_ended(deployed: Home) -> None:
    assert deployed("logs", "1", "--follow").code == 0
    assert deployed("logs", "2", "--follow").code == 1
    assert deployed("logs", "2").code == 0


def test_output(deployed: Home, tmp_path: Path) -> None:
    notebook = json.loads(deployed("output", "1").out)
    assert notebook["nbformat"] == 4
    assert deployed("output", "1", "--format", "html").out.lstrip().startswith("<!DOCTYPE html>")
    assert deployed("output", "1", "--file", "side.csv").out == "a,b\n"
    listing = deployed.json("output", "1")
    assert {"output.ipynb", "side.csv"} <= {item["name"] for item in listing["outputs"]}
    target = tmp_path / "page.html"
    written = deployed.json("output", "1", "--format", "html", "-o", target)
    assert written == {"run": 1, "file": str(target), "size": target.stat().st_size}


@pytest.mark.parametrize(
    ("form", "begin"), [("markdown", "```python\n"), ("script", "#!/usr/bin/env python\n")]
)
def test_output_in_other_forms(deployed: Home, form: str, begin: str) -> None:
    assert deployed("output", "1", "--format", form).out.lstrip().startswith(begin)


def test_output_without_code(deployed: Home) -> None:
    whole = deployed("output", "1", "--format", "markdown").out
    hidden = deployed("output", "1", "--format", "markdown", "--hide-code").out
    assert "```" in whole
    assert "```" not in hidden
    for wrong in ((), ("--format", "script"), ("--file", "side.csv")):
        assert deployed.error("output", "1", "--hide-code", *wrong)["field"] == "hide-code"


def test_output_replaces_a_file_and_never_a_folder(deployed: Home, tmp_path: Path) -> None:
    target = tmp_path / "side.csv"
    target.write_text("old")
    assert deployed("output", "1", "--file", "side.csv", "-o", target).code == 0
    assert target.read_text() == "a,b\n"
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "kept").touch()
    for wrong in (folder, tmp_path / "none" / "file"):
        assert deployed.error("output", "1", "-o", wrong)["field"] == "o"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder", "side.csv"]
    assert (folder / "kept").exists()


def test_pause_and_resume(deployed: Home) -> None:
    paused = deployed.json("pause", "good")
    check(paused, "Deployment")
    assert (paused["paused"], paused["next_fires"]) == (True, [])
    resumed = deployed.json("resume", "good")
    assert (resumed["paused"], len(resumed["next_fires"])) == (False, 5)


def test_cancel(deployed: Home) -> None:
    number = deployed.json("run", "slow")["id"]
    check(deployed.json("cancel", number), "Run")
    assert deployed("logs", number, "--follow").code == 1
    [ended] = deployed.json("runs", "slow", "--limit", "1")["runs"]
    assert (ended["state"], ended["fault"]) == ("cancelled", "cancelled")
    assert deployed.error("cancel", number)["type"] == "conflict"


def test_delete_keeps_the_runs(deploy_home: Home) -> None:
    deploy_home.notebook("gone.ipynb", "1")
    deploy_home.json("notebook", "gone.ipynb", "--run", "--wait")
    assert deploy_home.error("delete", "gone")["field"] == "yes"
    check(deploy_home.json("delete", "gone", "--yes"), "Deployment")
    assert deploy_home.error("show", "gone")["type"] == "not-found"
    assert [run["id"] for run in deploy_home.json("runs", "gone")["runs"]] == [1]
    assert json.loads(deploy_home("output", "1").out)["nbformat"] == 4


def test_engine_from_start_to_stop(deploy_home: Home) -> None:
    idle = deploy_home.json("engine", "status")
    check(idle, "EngineStatus")
    assert set(idle) >= STATUS
    assert (idle["running"], idle["pid"], idle["url"]) == (False, None, None)
    started = deploy_home.json("engine", "start")
    check(started, "EngineStatus")
    assert started["running"] is True
    assert started["data_dir"].startswith(str(deploy_home.data))
    assert deploy_home.json("engine", "start")["pid"] == started["pid"]
    assert deploy_home.error("engine", "run")["type"] == "conflict"
    assert deploy_home.json("engine", "stop")["running"] is False
    assert deploy_home.json("engine", "stop")["running"] is False


def test_doctor(deployed: Home) -> None:
    document = deployed.json("doctor")
    checks = {check["name"]: check for check in document["checks"]}
    for item in document["checks"]:
        assert list(item) == ["name", "state", "message", "fix"]
        assert (item["fix"] is None) == (item["state"] == "ok")
    sound = ("data directory", "disk", "locks", "clock", "versions", "engine", "database")
    for name in (*sound, "leftovers", "kernels"):
        assert checks[name]["state"] == "ok"


@pytest.mark.parametrize(
    ("arguments", "kind", "field"),
    [
        (["show", "nothing"], "not-found", "name"),
        (["show", "a/b"], "invalid-input", "name"),
        (["show", ".."], "invalid-input", "name"),
        (["versions", "nothing"], "not-found", "name"),
        (["run", "nothing"], "not-found", "name"),
        (["runs", "nothing"], "not-found", "name"),
        (["pause", "nothing"], "not-found", "name"),
        (["delete", "nothing", "--yes"], "not-found", "name"),
        (["logs", "999999"], "not-found", None),
        (["cancel", "99999999999999"], "not-found", None),
        (["output", "1", "--file", "none.csv"], "not-found", None),
        (["output", "1", "--file", "../../ledger.jsonl"], "not-found", None),
        (["output", "1", "--file", "a", "--format", "html"], "invalid-input", "format"),
        (["run", "good", "-p", "m=1"], "invalid-input", "parameters.m"),
        (["run", "good", "-p", "n=many"], "invalid-input", "parameters.n"),
        (["run", "good", "-p", "n"], "invalid-input", "parameters"),
        (["run", "good", "--key", ""], "invalid-input", "key"),
        (["run", "good", "--key", "ключ"], "invalid-input", "key"),
        (["runs", "--cursor", "x"], "invalid-input", "cursor"),
        (["notebook", "good.ipynb", "--name", "a/b"], "invalid-input", "name"),
        (["notebook", "bad.ipynb", "--name", "good"], "conflict", "name"),
        (["notebook", "good.ipynb", "-p", "m=1"], "invalid-input", "parameters.m"),
        (["notebook", "good.ipynb", "-p", "n=x"], "invalid-input", "parameters.n"),
        (["notebook", "good.ipynb", "--cron", "x"], "invalid-input", "schedule.cron"),
        (["notebook", "good.ipynb", "--cron", "0 0 30 2 *"], "invalid-input", "schedule.cron"),
        (["notebook", "good.ipynb", "--timezone", "UTC"], "invalid-input", "schedule.cron"),
        (
            ["notebook", "good.ipynb", "--cron", "0 6 * * *", "--timezone", "Europe/Brelin"],
            "invalid-input",
            "schedule.timezone",
        ),
        (["notebook", "good.ipynb", "--kernel", "cobol"], "invalid-input", "kernel"),
        (["notebook", "good.ipynb", "--files", "none*"], "invalid-input", "files"),
        (["notebook", "good.ipynb", "--files", "../*"], "forbidden", "files"),
        (["notebook", "nothing.ipynb"], "not-found", "notebook"),
        (["notebook", "."], "invalid-input", "notebook"),
    ],
)
def test_wrong_use(deployed: Home, arguments: list[str], kind: str, field: str | None) -> None:
    error = deployed.error(*arguments)
    assert error["type"] == kind
    if field:
        assert error["field"] == field
    assert error["message"].endswith((".", "?"))


@pytest.mark.parametrize(
    "content", [b"", b"no notebook", b"[]", b'{"cells": 3}', b"\xff\xfe", b"[" * 100_000]
)
def test_what_is_not_a_notebook(deployed: Home, content: bytes) -> None:
    (deployed.work / "broken.ipynb").write_bytes(content)
    error = deployed.error("notebook", "broken.ipynb")
    assert error["type"] == "invalid-notebook"
    assert deployed.error("show", "broken")["type"] == "not-found"


@pytest.mark.parametrize(
    "arguments",
    [["nonsense"], ["run"], ["runs", "--state", "odd"], ["runs", "--limit", "0"], ["logs", "x"],
     ["list", "--plan"], ["apply", "--plan"], ["engine", "fly"], []],
)  # fmt: skip
def test_usage_errors_are_json_too(deployed: Home, arguments: list[str]) -> None:
    error = deployed.error(*arguments)
    assert error["type"] == "invalid-input"
    assert "--help" in error["hint"]


def test_an_engine_that_cannot_be_reached(deploy_home: Home) -> None:
    deploy_home.data.rmdir()
    deploy_home.data.write_text("a file is in the way")
    error = deploy_home.error("list", code=3)
    assert error["type"] == "unavailable"
    assert deploy_home("list").code == 3
    assert deploy_home.json("doctor", code=1)["checks"][1]["state"] == "fail"
