"""`prune`, `pin` and `unpin`, as people use them."""

from __future__ import annotations

import pytest

from .conftest import Home


@pytest.fixture
def ran(deploy_home: Home) -> Home:
    """Two runs of one deployment; the second one is the newest success."""
    deploy_home.notebook("report.ipynb", "open('result.txt', 'w').write('x' * 1000)")
    deploy_home.json("notebook", "report.ipynb", "--wait")
    deploy_home.json("run", "report", "--wait")
    return deploy_home


def test_old_outputs_go_when_asked_and_only_those(ran: Home) -> None:
    plan = ran.json("prune", "--older-than", "0", "--plan")
    assert [run["id"] for run in plan["runs"]] == [1]
    assert plan["size"] > 1000
    assert ran.json("prune", "--older-than", "0")["runs"] == plan["runs"]
    assert (
        "were deleted on"
        in ran.error("output", "1", "--format", "html", "-o", "old.html")["message"]
    )
    assert ran.json("runs", "report")["runs"][1]["pruned_at"]
    assert ran("output", "2", "-o", "kept.ipynb").code == 0
    said = ran("prune", "--older-than", "0").out
    assert "No run that ended more than 0 days ago has files to lose." in said


def test_a_pinned_run_keeps_them(ran: Home) -> None:
    assert ran.json("pin", "1")["pinned"] is True
    assert ran.json("prune", "--older-than", "0")["runs"] == []
    assert "no longer pinned" in ran("unpin", "1").out
    said = ran("prune", "--older-than", "0", "--plan").out
    assert "The files of 1 run would go" in said


def test_how_old_has_to_be_said(deploy_home: Home) -> None:
    error = deploy_home.error("prune")
    assert "Nothing is configured" in error["message"]
    assert "--older-than" in error["hint"]
    deploy_home.error("prune", "--older-than", "-1")
    deploy_home.error("pin", "999")
