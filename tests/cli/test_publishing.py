"""Publishing on the command line, read with curl as it is told."""

from __future__ import annotations

import json
import shlex
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from e2e.conftest import until

from jupyter_deploy.server.contract import validator

from .conftest import PACKAGE, Home

CELL = """
import json, pathlib
from IPython.display import display
columns = [{"name": "n", "type": "integer"}]
table = {"name": "scores", "columns": columns, "rows": 2, "data": [[1], [2]]}
display({"application/vnd.jupyter-deploy.table.v1+json": table}, raw=True)
metric = {"name": "auc", "value": 0.5}
display({"application/vnd.jupyter-deploy.metric.v1+json": metric}, raw=True)
pathlib.Path("model.bin").write_bytes(bytes(1000))
"""
PUBLISH = ["report=html,hide-code", "scores=table:scores", "model=file:model.bin", "auc=metric:auc"]


@pytest.fixture(scope="module")
def publishing(shared_home: Home) -> Home:
    """`public` has published the outputs of its first run."""
    home = shared_home
    home.notebook("public.ipynb", CELL)
    options = [word for what in PUBLISH for word in ("--publish", what)]
    home.json("notebook", "public.ipynb", *options, "--run", "--wait")
    until(lambda: home.json("endpoints", "public")["current"])
    return home


def curl(line: str, where: Path) -> bytes:
    assert "jdr_" not in line  # no secret where other users can see it
    return subprocess.run([*shlex.split(line), "-sS", "--fail"], cwd=where, check=True,
                          capture_output=True, timeout=30).stdout  # fmt: skip


def lines(document: Any) -> dict[str, str]:
    return {item["name"]: item["curl"] for item in document["outputs"]}


def test_what_is_published_is_shown(publishing: Home) -> None:
    document = publishing.json("show", "public")
    assert document["outputs"]["report"] == {"format": "html", "hide_code": True}
    assert document["outputs"]["auc"] == {"metric": "auc"}
    answer = publishing("show", "public")
    assert "Readers see" in answer.out
    assert "data of" in answer.out


def test_the_curl_lines_work_on_the_engine(publishing: Home, tmp_path: Path) -> None:
    document = publishing.json("endpoints", "public")
    assert document["served_by"] == "engine"
    assert document["problem"] is None
    told = lines(document)
    assert json.loads(curl(told["scores"], tmp_path))["data"] == [[1], [2]]
    assert json.loads(curl(told["auc"], tmp_path))["value"] == 0.5
    curl(told["model"], tmp_path)
    assert (tmp_path / "model.bin").read_bytes() == bytes(1000)
    curl(told["report"], tmp_path)
    assert b"<html" in (tmp_path / "report.html").read_bytes()
    header = Path(document["header_file"])
    assert stat.S_IMODE(header.stat().st_mode) == 0o600
    assert publishing.json("endpoints", "public")["header_file"] == str(header)
    human = publishing("endpoints", "public")
    assert told["scores"] in human.out
    assert "new at each start" in human.err


def test_the_curl_lines_work_on_a_jupyter_server(publishing: Home, tmp_path: Path) -> None:
    arguments = ["--no-browser", "--port=0", "--ServerApp.token=other", "--allow-root",
                 "--ServerApp.jpserver_extensions={'jupyter_deploy': True}"]  # fmt: skip
    server = subprocess.Popen(
        [sys.executable, "-m", "jupyter_server", *arguments], cwd=publishing.work,
        env={**publishing.environment, "PYTHONPATH": str(PACKAGE)},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
    try:

        def served() -> Any:
            document = publishing.json("endpoints", "public")
            return document if document["served_by"] == "jupyter" else None

        document = until(served, pause=0.5)
        told = lines(document)
        assert json.loads(curl(told["scores"], tmp_path))["data"] == [[1], [2]]
        curl(told["model"], tmp_path)
        assert (tmp_path / "model.bin").read_bytes() == bytes(1000)
    finally:
        server.terminate()
        server.wait(30)


def test_tokens_from_making_to_revoking(publishing: Home) -> None:
    made = publishing.json("token", "create", "public", "--label", "for Ada")
    validator("NewToken").validate(made)
    assert made["label"] == "for Ada"
    listed = publishing.json("token", "list", "public")
    validator("TokenList").validate(listed)
    assert made["secret"] not in json.dumps(listed)
    assert "for Ada" in publishing("token", "list", "public").out
    assert publishing.json("token", "revoke", "public", made["id"])["revoked_at"]
    assert "revoked" in publishing("token", "list", "public").out
    secret = publishing("token", "create", "public")
    assert secret.out.startswith("jdr_")
    assert publishing.error("token", "revoke", "public", "9999")["type"] == "not-found"
    assert publishing.error("token", "create", "nobody")["type"] == "not-found"


def test_a_revoked_token_of_this_machine_is_made_anew(publishing: Home, tmp_path: Path) -> None:
    for item in publishing.json("token", "list", "public")["tokens"]:
        publishing.json("token", "revoke", "public", item["id"])
    told = lines(publishing.json("endpoints", "public"))
    assert json.loads(curl(told["auc"], tmp_path))["value"] == 0.5


def test_slips_get_a_sentence(publishing: Home) -> None:
    for what in ("report", "report=docx", "a/b=html", "x=file:../y", "x=table:", "x=html,hide"):
        error = publishing.error("notebook", "public.ipynb", "--publish", what)
        assert error["type"] == "invalid-input"
        assert error["hint"]


def test_deployment_files_publish(publishing: Home) -> None:
    project = publishing.notebook("filed/applied.ipynb", "1").parent
    (project / "schedules").mkdir()
    file = project / "schedules" / "applied-outputs.yaml"
    text = (
        "notebook: applied.ipynb\noutputs:\n  report: {format: html, hide_code: true}\n"
        "  scores: {table: scores}\n"
    )
    file.write_text(text)
    publishing.json("apply", project)
    outputs = publishing.json("show", "applied-outputs")["outputs"]
    assert outputs == {
        "report": {"format": "html", "hide_code": True},
        "scores": {"table": "scores"},
    }
    file.write_text(text.replace("scores}", "scores, file: x}"))
    answer = publishing("apply", project)
    assert answer.code == 2
    assert "applied-outputs.yaml:4" in answer.out + answer.err
