"""What people see, and what never reaches them."""

from __future__ import annotations

import subprocess
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from jupyter_deploy.cli import render
from jupyter_deploy.cli.ledger import Printer
from jupyter_deploy.cli.main import Commands, cli, run

from .conftest import PACKAGE, Home

OUTPUT = {"kind": "output", "cell": 0}


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (None, "–"),
        (0, "0.0 s"),
        (9.94, "9.9 s"),
        (9.96, "10 s"),
        (59.7, "1 min"),
        (61, "1 min 1 s"),
        (3599.6, "1 h"),
        (5400, "1 h 30 min"),
    ],
)
def test_durations(seconds: float | None, text: str) -> None:
    assert render.duration(seconds) == text


@pytest.mark.parametrize(
    ("ago", "text"),
    [(5, "now"), (-5, "now"), (125, "2 min ago"), (-7350, "in 2 h 2 min"), (-3630, "in 1 h")],
)
def test_moments(ago: float, text: str) -> None:
    at = datetime.now(timezone.utc) - timedelta(seconds=ago)
    assert render.moment(at.isoformat()) == text


def test_moments_far_away_are_dates() -> None:
    assert "2020" in render.moment("2020-05-01T12:00:00+00:00")
    assert render.moment(None) == "–"


@pytest.mark.parametrize(
    ("count", "text"), [(0, "0 B"), (999, "999 B"), (4100, "4.1 kB"), (2_500_000_000, "2.5 GB")]
)
def test_sizes(count: int, text: str) -> None:
    assert render.size(count) == text


def test_what_a_terminal_would_obey_is_left_out() -> None:
    assert (
        render.one_line("\x1b[31mred\x1b[0m\n and\x07 \x1b]0;title\x07more")
        == "red and ]0;titlemore"
    )
    assert render.one_line("x" * 500) == "x" * 199 + "…"


def test_texts_of_users_are_no_markup(capsys: pytest.CaptureFixture[str]) -> None:
    render.print_table(["Name", ">Count"], [["[bold]a[/bold]", "[/]"]])
    render.print_fields({"Files": "data[1].csv, [red]b"})
    out = capsys.readouterr().out
    assert "[bold]a[/bold]" in out
    assert "data[1].csv, [red]b" in out


def printed(*entries: dict[str, object]) -> str:
    parts: list[str] = []
    printer = Printer(parts.append)
    for entry in entries:
        printer.show({"cell": 0, **entry})
    printer.end_line()
    return "".join(parts)


def stream(text: object) -> dict[str, object]:
    return {**OUTPUT, "output": {"output_type": "stream", "name": "stdout", "text": text}}


def test_stream_text_gets_no_line_ends_of_ours() -> None:
    assert printed(stream("."), stream("."), stream(["a\n", "b"])) == "..a\nb\n"


def test_other_entries_begin_a_line() -> None:
    plain = {"output_type": "execute_result", "data": {"text/plain": ["1", "2\n"]}}
    started = {"kind": "warning", "message": "odd"}
    assert "x\n12\n" in printed(stream("x"), {**OUTPUT, "output": plain}, started)


def test_outputs_without_text_are_named() -> None:
    image = {"output_type": "display_data", "data": {"image/png": "…", "text/html": "…"}}
    assert printed({**OUTPUT, "output": image}) == "<image/png, text/html>\n"
    assert printed({**OUTPUT, "output": {"output_type": "display_data", "data": {}}}) == ""


def test_an_error_without_traceback_still_says_what() -> None:
    error = {"output_type": "error", "ename": "E", "evalue": "v", "traceback": []}
    assert printed({**OUTPUT, "output": error}) == "E: v\n"


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([]) == 0
    out = capsys.readouterr().out
    group = cli
    assert isinstance(group, Commands)
    context = group.make_context("jupyter deploy", ["--help"], resilient_parsing=True)
    for name in group.list_commands(context):
        assert f"\n  {name} " in out
        command = group.get_command(context, name)
        assert command
        assert command.help
        assert "Example: jupyter deploy " in command.help


def test_every_command_speaks_json() -> None:
    group = cli
    assert isinstance(group, Commands)
    context = group.make_context("jupyter deploy", ["--help"], resilient_parsing=True)
    commands = [group.get_command(context, name) for name in group.list_commands(context)]
    for command in commands:
        assert command
        for leaf in getattr(command, "commands", {"": command}).values():
            assert any("--json" in option.opts for option in leaf.params), leaf.name


@pytest.mark.parametrize(
    ("action", "left_out"),
    [
        (
            "from jupyter_deploy.cli.main import run; run(['--help'])",
            ["httpx", "rich", "nbformat", "sqlalchemy", "jsonschema", "traitlets", "psutil"],
        ),
        ("import jupyter_deploy.cli.runs", ["nbformat", "papermill", "sqlalchemy", "jsonschema"]),
        ("import jupyter_deploy.cli.engine", ["nbformat", "papermill", "sqlalchemy"]),
    ],
)
def test_commands_load_only_what_they_need(action: str, left_out: list[str]) -> None:
    program = f"import sys; {action}; print(*(n for n in {left_out} if n in sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=PACKAGE, check=True, capture_output=True, text=True
    )
    assert done.stdout.splitlines()[-1] == ""


def test_a_fault_of_ours_is_one_sentence_and_a_log(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken() -> None:
        raise ZeroDivisionError("ours")

    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path))
    monkeypatch.setattr("jupyter_deploy.cli.deployments.client", broken)
    assert run(["list"]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert len(err.splitlines()) == 2
    log = tmp_path / "deploy" / "cli.log"
    assert str(log) in err
    assert "ZeroDivisionError: ours" in log.read_text()


def test_errors_are_a_sentence_and_a_hint(deployed: Home) -> None:
    answer = deployed("show", "nothing")
    assert (answer.code, answer.out) == (2, "")
    first, second = answer.err.splitlines()
    assert first.startswith("Error: There is no deployment")
    assert second.startswith("Hint:  ")


def test_tables_on_a_pipe_have_one_line_per_row(deployed: Home) -> None:
    lines = deployed("list").out.splitlines()
    assert lines[0].split()[:2] == ["Name", "Version"]
    assert len([line for line in lines if "good.ipynb" in line]) == 1
    assert "At 06:00" in next(line for line in lines if line.startswith("good"))
    reasons = [line for line in deployed("runs").out.splitlines() if "ZeroDivisionError" in line]
    assert reasons


def test_show_and_versions(deployed: Home) -> None:
    shown = deployed("show", "good").out
    assert "Europe/Berlin" in shown
    assert "bad.ipynb" in shown
    assert "live" in deployed("versions", "good").out


def test_what_is_dropped_is_told(deploy_home: Home) -> None:
    deploy_home.notebook("report.ipynb", "1")
    given = ("--cron", "@daily", "--timezone", "UTC", "--timeout", "2h")
    assert "gone" not in deploy_home("notebook", "report.ipynb", *given).err
    answer = deploy_home("notebook", "report.ipynb")
    assert "its schedule is gone" in answer.err
    assert "its retries and limits are gone" in answer.err
    assert deploy_home("notebook", "report.ipynb").err == ""


def test_pause_resume_and_empty_lists(deploy_home: Home) -> None:
    assert "jupyter deploy notebook" in deploy_home("list").err
    assert deploy_home("runs").err == "No runs.\n"
    deploy_home.notebook("report.ipynb", "1")
    deploy_home("notebook", "report.ipynb", "--cron", "0 6 * * *", "--timezone", "UTC")
    assert deploy_home("pause", "report").out == "report is paused.\n"
    assert "paused" in deploy_home("list").out
    assert " 06:00." in deploy_home("resume", "report").out
    assert "needs your word" in deploy_home("delete", "report").err
    assert "out of production" in deploy_home("delete", "report", "--yes").out


def test_the_engine_for_people(deploy_home: Home) -> None:
    assert "not running" in deploy_home("engine", "status").out
    assert "running since now" in deploy_home("engine", "start").out
    assert deploy_home("engine", "stop").out == "The engine is stopped.\n"
    assert deploy_home("engine", "stop").out == "No engine was running.\n"


def test_a_terminal_that_knows_few_letters(deployed: Home) -> None:
    plain = {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    answer = deployed("runs", env=plain)
    assert answer.code == 0
    assert "? succeeded" in answer.out


def test_a_broken_configuration_file(deploy_home: Home) -> None:
    (deploy_home.config / "jupyter_deploy_config.py").write_text("c.Deploy.max_running = 'x'\n")
    assert deploy_home.error("list")["type"] == "invalid-input"
    checks = deploy_home.json("doctor", code=1)["checks"]
    assert [check["state"] for check in checks] == ["fail"]


def test_a_reader_that_leaves_early(deployed: Home) -> None:
    process = deployed.start("logs", "1")
    assert process.stdout
    process.stdout.close()
    assert process.stderr
    assert "Traceback" not in process.stderr.read()
    process.wait(timeout=10)
