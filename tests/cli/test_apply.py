"""Deploying what a project's schedules/ folder describes."""

from __future__ import annotations

import pytest

from .conftest import Home


@pytest.fixture
def project(deploy_home: Home) -> Home:
    deploy_home.notebook("notebooks/one.ipynb", "print(n)", parameters="n = 1")
    deploy_home.notebook("notebooks/two.ipynb", "open('../data.txt').read()")
    (deploy_home.work / "data.txt").write_text("data")
    write(deploy_home, "one", "notebook: notebooks/one.ipynb\nparameters: {n: 2}\n")
    write(deploy_home, "two", "notebook: notebooks/two.ipynb\nfiles: [data.txt]\n")
    return deploy_home


def write(home: Home, name: str, text: str) -> None:
    (home.work / "schedules").mkdir(exist_ok=True)
    (home.work / "schedules" / f"{name}.yaml").write_text(text)


def test_created_unchanged_updated(project: Home) -> None:
    first = project.json("apply")
    created = {"change": "created", "version": 1, "state": "live", "reason": None}
    assert first == {
        "deployments": [{"name": "one", **created}, {"name": "two", **created}],
        "runs": [],
    }
    again = project.json("apply", project.work)
    assert [item["change"] for item in again["deployments"]] == ["unchanged", "unchanged"]
    write(project, "one", "notebook: notebooks/one.ipynb\nparameters: {n: 3}\n")
    out = project("apply", ".").out
    assert "updated   one, version 2" in out
    assert "unchanged two, version 1" in out
    assert project.json("show", "one")["parameters"] == {"n": 3}


def test_apply_runs_one_after_another(project: Home) -> None:
    document = project.json("apply", "--run")
    assert [run["state"] for run in document["runs"]] == ["succeeded", "succeeded"]
    first, second = document["runs"]
    assert first["ended_at"] <= second["started_at"]


def test_apply_fails_when_a_run_fails(project: Home) -> None:
    project.notebook("notebooks/one.ipynb", "1/0", parameters="n = 1")
    document = project.json("apply", "--run", code=1)
    assert [run["state"] for run in document["runs"]] == ["failed", "succeeded"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("notebook: notebooks/none.ipynb\n", "none.ipynb"),
        ("notebook: notebooks/one.ipynb\nparameters: {m: 1}\n", "'m'"),
        ("notebook: notebooks/one.ipynb\nparameters: {n: many}\n", "n is"),
        ("notebook: notebooks/one.ipynb\nfiles: [missing.csv]\n", "missing.csv"),
        ("notebook: ../outside.ipynb\n", "outside"),
        ("notebook: notebooks/one.ipynb\nschedule: {cron: x, timezone: UTC}\n", "cron"),
        ("name: a/b\nnotebook: notebooks/one.ipynb\n", "a/b"),
        ("cron: [\n", "YAML"),
    ],
)
def test_nothing_is_deployed_unless_all_can_be(project: Home, text: str, said: str) -> None:
    write(project, "zwei", text)
    error = project.error("apply")
    assert "zwei.yaml" in error["message"]
    assert said in error["message"]
    assert project.json("list")["deployments"] == []


def test_a_folder_without_deployment_files(deploy_home: Home) -> None:
    assert deploy_home.error("apply")["hint"]
    assert deploy_home.error("apply", "nowhere")["type"] == "invalid-input"


def test_a_name_moves_only_when_told_so(project: Home) -> None:
    project.json("apply")
    write(project, "one", "notebook: notebooks/two.ipynb\nfiles: [data.txt]\n")
    assert project.error("apply")["type"] == "conflict"
    changed = project.json("apply", "--replace")["deployments"]
    assert [item["change"] for item in changed] == ["updated", "unchanged"]
