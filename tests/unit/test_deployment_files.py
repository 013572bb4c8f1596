"""Deployment files, and errors that name the line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from jupyter_deploy.domain.policies import POLICIES
from jupyter_deploy.domain.schedule import OVERLAP
from jupyter_deploy.errors import InvalidInput
from jupyter_deploy.project import deployment_file
from jupyter_deploy.project.deployment_file import DeploymentFile, FileError, load_folder

GOOD = """\
name: daily-sales
notebook: notebooks/sales.ipynb
parameters: {region: eu, sample: false}
schedule: {cron: "0 6 * * mon-fri", timezone: Europe/Berlin, catch_up: latest, overlap: skip}
files: [lib/**/*.py, data/prices.csv]
outputs: {report: {format: html}}
"""

SCHEDULE = "notebook: a\nschedule: {cron: '@daily', timezone: UTC"


def load(project: Path, **files: str) -> tuple[list[DeploymentFile], list[FileError]]:
    folder = project / "schedules"
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return load_folder(project)


def errors(project: Path, text: str) -> list[tuple[int | None, str]]:
    found, errors = load(project, one=text)
    assert not found
    assert all(error.file == str(project / "schedules" / "one.yaml") for error in errors)
    return [(error.line, error.message) for error in errors]


def test_a_file_says_what_to_deploy(tmp_path: Path) -> None:
    (item,), problems = load(tmp_path, sales=GOOD)
    assert problems == []
    assert item == DeploymentFile(
        name="daily-sales",
        notebook=tmp_path / "notebooks/sales.ipynb",
        project=tmp_path,
        parameters={"region": "eu", "sample": False},
        schedule={
            "cron": "0 6 * * mon-fri",
            "timezone": "Europe/Berlin",
            "catch_up": "latest",
            "overlap": "skip",
        },
        policies=dict.fromkeys(("retry", "timeout", "max_running", "priority", "secrets")),
        outputs={"report": {"format": "html"}},
        files=("lib/**/*.py", "data/prices.csv"),
        environment=None,
        packages=(),
        preflight=None,
        source=tmp_path / "schedules/sales.yaml",
    )


def test_the_name_is_the_files_name(tmp_path: Path) -> None:
    (item,), _ = load(tmp_path, sales="notebook: a.ipynb")
    assert (item.name, item.parameters, item.schedule, item.files) == ("sales", {}, None, ())


def test_policies_are_taken_as_they_are_written(tmp_path: Path) -> None:
    policies = (
        "retry: {attempts: 3, backoff: 5m, on: [lost]}\n"
        "timeout: {run: 2h, cell: 90, queue: 1d, kernel_start: 30s}\n"
        "max_running: 1\npriority: -5\nsecrets: [ORDERS_DB_URL]\n"
    )
    (item,), problems = load(tmp_path, sales=GOOD + policies)
    assert problems == []
    assert item.policies == {
        "retry": {"attempts": 3, "backoff": "5m", "on": ["lost"]},
        "timeout": {"run": "2h", "cell": 90, "queue": "1d", "kernel_start": "30s"},
        "max_running": 1,
        "priority": -5,
        "secrets": ["ORDERS_DB_URL"],
    }


@pytest.mark.parametrize("overlap", OVERLAP)
def test_every_overlap_can_be_written(tmp_path: Path, overlap: str) -> None:
    (item,), _ = load(tmp_path, one=f"{SCHEDULE}, overlap: {overlap}, jitter: 1.5}}")
    assert item.schedule is not None
    assert (item.schedule["overlap"], item.schedule["jitter"]) == (overlap, 1.5)


def test_the_folder_itself_may_be_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    load(tmp_path, one=GOOD)
    monkeypatch.chdir(tmp_path / "schedules")
    assert [item.project for item in load_folder(Path())[0]] == [tmp_path]


def test_a_project_without_files_is_told_how_to_begin(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as caught:
        load_folder(tmp_path)
    assert "notebook:" in (caught.value.hint or "")


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", None, "empty"),
        ("# only a comment\n", None, "empty"),
        ("just text", 1, "not of type 'object'"),
        ("name: x\n", 1, "'notebook' is a required property"),
        ("notebook: [\n", 2, "not YAML"),
        ("notebook: a\n\tname: b", 2, "not YAML"),
        ("notebook: a\nparameters: {since: 2026-13-45}", None, "not YAML"),
        ("notebook: a\nnotebook: b", 2, "'notebook' is written twice"),
        ("notebook: a\nparameters:\n  n: 1\n  n: 2", 4, "'n' is written twice"),
        ("notebook: a\nname: a/b", 2, "cannot be the name"),
        ("notebook: a\nparameters: [1]", 2, "parameters: [1] is not of type 'object'"),
        ("notebook: a\nparameters:\n  since: 2026-01-02", 3, "date"),
        ("notebook: a\nparameters:\n  n: .nan", 3, "finite"),
        ("notebook: a\nparameters:\n  a b: 1", 3, "cannot be the name of a parameter"),
        ("notebook: a\nparameters:\n  x: &x [*x]", 3, "deep"),
        ("notebook: a\nfiles:\n  - a\n  - 3", 4, "files.1: 3 is not of type 'string'"),
        ("notebook: a\nschedule:\n  cron: '@daily'", 2, "'timezone' is a required property"),
        (
            "notebook: a\nschedule:\n  cron: 0 0 30 2 *\n  timezone: UTC",
            3,
            "never fires",
        ),
        (
            "notebook: a\nschedule:\n  cron: '@daily'\n  timezone: Europe/Berln",
            4,
            "Did you mean 'Europe/Berlin'?",
        ),
        (
            "notebook: a\nschedule: {cron: '@daily', timezone: UTC, overlap: maybe}",
            2,
            "schedule.overlap: 'maybe' is not one of",
        ),
        ("notebook: a\nschedule:\n  cron: * 6 * * *\n  timezone: UTC", 3, "into quotes"),
        ("notebook: a\nshedule: 1", 2, "Did you mean 'schedule'?"),
        ("notebook: a\nzzz: 1", 2, "Known: name, notebook"),
        ("notebook: a\n\non: 1", 3, "'on' is unknown"),
        ("notebook: a\nparameters: {on: 1, yes: 2}\non: 3", 3, "'on' is unknown"),
        (
            "notebook: a\nschedule: {cron: '@daily', timezone: UTC, time_zone: x}",
            2,
            "Did you mean 'timezone'?",
        ),
        (f"{SCHEDULE}, jitter: .nan}}", 2, "schedule.jitter is a number of seconds, not nan."),
        (f"{SCHEDULE}, jitter: 3601}}", 2, "schedule.jitter: 3601 is greater than"),
        ("notebook: a\nretry:\n  attempts: 11", 3, "retry.attempts: 11 is greater than"),
        ("notebook: a\nretry:\n  on: [lost, Lost]", 3, "retry.on.1: 'Lost' is not one of"),
        ("notebook: a\nretry:\n  attempts: 2\n  backoff: soon", 4, "'soon' is not a length"),
        (f"notebook: a\nretry: {{backoff: 1{'0' * 400}}}", 2, "retry.backoff lies between"),
        ("notebook: a\nretry:\n  tries: 3", 3, "'tries' is unknown"),
        ("notebook: a\ntimeout:\n  run: 1h\n  cell: 2h", 4, "Make the limit of a cell the small"),
        ("notebook: a\ntimeout:\n  run: .nan", 3, "timeout.run lies between 1 s and 30 d"),
        ("notebook: a\ntimeout:\n  run: 1h\n  kernel: 9", 4, "'kernel' is unknown"),
        ("notebook: a\ntimeout: 30m", 2, "timeout: '30m' is not of type 'object'"),
        ("notebook: a\nmax_running: 0", 2, "max_running: 0 is less than the minimum"),
        ("notebook: a\nmax_running: true", 2, "max_running: True is not of type 'integer'"),
        ("notebook: a\n\npriority: high", 3, "priority: 'high' is not of type 'integer'"),
    ],
)
def test_what_is_wrong_and_where(tmp_path: Path, text: str, line: int | None, words: str) -> None:
    ((found, message),) = errors(tmp_path, text)
    assert words in message
    assert found == line


@pytest.mark.parametrize(
    "key",
    [
        "needs",
        "inputs",
        "run_on",
        "checks",
        "alerts",
        "budget",
    ],
)
def test_what_a_later_version_honours_is_not_ignored(tmp_path: Path, key: str) -> None:
    assert errors(tmp_path, f"notebook: a\n{key}: {{}}") == [
        (2, f"{key!r} is not supported by this version yet; remove it to deploy.")
    ]


def test_all_errors_of_a_file_come_in_the_order_of_its_lines(tmp_path: Path) -> None:
    found = errors(tmp_path, "zzz: 1\nnotebook: 3\nneeds: {}\nfiles: x\n")
    assert [line for line, _ in found] == [1, 2, 3, 4]


def test_good_files_load_beside_bad_ones(tmp_path: Path) -> None:
    found, problems = load(tmp_path, a=GOOD, b="notebook: 3")
    assert [item.name for item in found] == ["daily-sales"]
    assert len(problems) == 1


def test_a_name_belongs_to_one_file(tmp_path: Path) -> None:
    found, (problem,) = load(tmp_path, a=GOOD, b=GOOD)
    assert [item.source.name for item in found] == ["a.yaml"]
    assert problem.file.endswith("b.yaml")
    assert "taken by a.yaml" in problem.message


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    folder = tmp_path / "schedules"
    (folder / "folder.yaml").mkdir(parents=True)
    (folder / "latin.yml").write_bytes(b"notebook: caf\xe9.ipynb")
    (folder / "gone.yaml").symlink_to("nowhere")
    found, problems = load_folder(tmp_path)
    assert found == []
    assert len(problems) == 3


@pytest.mark.parametrize("said", ["live", "locked"])
def test_the_environment_is_live_or_locked(tmp_path: Path, said: str) -> None:
    (item,), problems = load(tmp_path, sales=f"notebook: a.ipynb\nenvironment: {said}\n")
    assert (item.environment, problems) == (said, [])


def test_a_lock_lies_in_the_project(tmp_path: Path) -> None:
    text = "notebook: a.ipynb\nenvironment: {lock: locks/pylock.toml}\n"
    (item,), _ = load(tmp_path, sales=text)
    assert item.environment == tmp_path / "locks/pylock.toml"


@pytest.mark.parametrize("lock", ["../pylock.toml", "/etc/pylock.toml", '"a\\0b"', "link/x"])
def test_a_lock_outside_the_project_is_an_error(tmp_path: Path, lock: str) -> None:
    (tmp_path / "link").symlink_to(tmp_path.parent)
    text = f"notebook: a.ipynb\nenvironment:\n  lock: {lock}\n"
    found, (problem,) = load(tmp_path, sales=text)
    assert (found, problem.line) == ([], 3)
    assert "leads out of the project" in problem.message


def test_another_environment_is_an_error(tmp_path: Path) -> None:
    found, (problem,) = load(tmp_path, sales="notebook: a.ipynb\nenvironment: conda\n")
    assert (found, problem.line) == ([], 2)


def test_the_shipped_schema_is_one_that_editors_understand() -> None:
    path = Path(deployment_file.__file__).with_name("deployment.schema.json")
    schema = json.loads(path.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    described = {"name", "notebook", "parameters", "schedule", "files", "outputs"}
    described |= {"environment", "packages", "preflight"}
    assert set(schema["properties"]) == described | set(POLICIES)


@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.text(max_size=80)
    | st.lists(
        st.sampled_from([*GOOD.splitlines(), "  a: 1", "- b", "retry: {}", "x: &a [*a]", "? k"]),
        max_size=6,
    ).map("\n".join)
)
def test_every_text_is_a_deployment_or_an_error(tmp_path: Path, text: str) -> None:
    (tmp_path / "schedules").mkdir(exist_ok=True)
    (tmp_path / "schedules/one.yaml").write_bytes(text.encode(errors="surrogatepass"))
    found, problems = load_folder(tmp_path)
    assert bool(found) != bool(problems)
