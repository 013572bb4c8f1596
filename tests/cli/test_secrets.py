"""Secrets on the command line: values come from standard input or a terminal, never from argv."""

from __future__ import annotations

import os
import pty
import subprocess
from pathlib import Path

import pytest

from jupyter_deploy.server.contract import validator

from .conftest import COMMAND, Answer, Home

VALUE = "hunter2-correct-horse"


def give(home: Home, name: str, content: bytes, *options: str) -> Answer:
    """`secret set` with this on standard input."""
    process = subprocess.run(
        [*COMMAND, "secret", "set", name, *options],
        cwd=home.work,
        env=home.environment,
        input=content,
        check=False,
        capture_output=True,
        timeout=60,
    )
    return Answer(process.returncode, process.stdout.decode(), process.stderr.decode())


def kept(home: Home) -> str:
    return (home.data / "deploy" / "secrets.json").read_text()


def test_a_value_comes_from_standard_input(shared_home: Home) -> None:
    answer = give(shared_home, "FROM_STDIN", f"{VALUE}\n".encode())
    assert answer.code == 0 and "FROM_STDIN is set" in answer.err
    assert VALUE not in answer.out + answer.err
    assert f'"{VALUE}"' in kept(shared_home)  # without the line break


def test_json_tells_the_name(shared_home: Home) -> None:
    document = give(shared_home, "AS_JSON", VALUE.encode(), "--json").json()
    validator("Secret").validate(document)
    listed = shared_home.json("secret", "list")
    validator("SecretList").validate(listed)
    assert document in listed["secrets"]
    human = shared_home("secret", "list")
    assert "AS_JSON" in human.out and "secrets.json" in human.err
    assert VALUE not in human.out + human.err


def test_a_terminal_asks_without_showing_what_is_typed(shared_home: Home) -> None:
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(shared_home.work)
        os.execvpe(COMMAND[0], [*COMMAND, "secret", "set", "TYPED"], shared_home.environment)
    shown = b""
    while b"Value of TYPED: " not in shown:
        shown += os.read(terminal, 1024)
    os.write(terminal, f"{VALUE}\n".encode())
    while b"is set" not in shown:
        shown += os.read(terminal, 1024)
    os.waitpid(pid, 0)
    assert VALUE.encode() not in shown
    assert "TYPED" in kept(shared_home)


def test_a_value_among_the_arguments_is_refused_and_not_repeated(shared_home: Home) -> None:
    answer = shared_home("secret", "set", "IN_ARGV", VALUE)
    assert answer.code == 2
    assert "can be read by everybody" in answer.err and "printf" in answer.err
    assert VALUE not in answer.out + answer.err


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "at least 4 characters"),
        (b"abc\n", "at least 4 characters"),
        (b"hunter2\0", "NUL"),
        (b"hunter2" * 20_000, "64 KB"),
        (b"hunter2 \xff\xfe", "not UTF-8"),
    ],
)
def test_a_value_that_cannot_be_one_is_refused(
    shared_home: Home, content: bytes, said: str
) -> None:
    answer = give(shared_home, "WRONG", content)
    assert (answer.code, answer.out) == (2, "")
    assert said in answer.err
    assert "hunter2" not in answer.err


@pytest.mark.parametrize("name", ["PATH", "with-dash", "JUPYTER_DEPLOY_NAME", "1ST"])
def test_a_name_that_no_variable_can_have_is_refused(shared_home: Home, name: str) -> None:
    answer = give(shared_home, name, VALUE.encode())
    assert answer.code == 2 and "Hint:" in answer.err


def test_one_that_is_in_use_is_deleted_only_by_force(shared_home: Home) -> None:
    home = shared_home
    home.notebook("needs.ipynb", "1")
    assert home.error("notebook", "needs.ipynb", "--secret", "NEEDED")["field"] == "secrets"
    give(home, "NEEDED", VALUE.encode())
    home.json("notebook", "needs.ipynb", "--secret", "NEEDED")
    error = home.error("secret", "delete", "NEEDED")
    assert "needs" in error["message"] and "--force" in error["hint"]
    assert home.json("secret", "delete", "NEEDED", "--force")["used_by"] == ["needs"]
    assert home.error("secret", "delete", "NEEDED")["type"] == "not-found"


def test_a_redeployment_without_its_secrets_says_so(shared_home: Home) -> None:
    home = shared_home
    home.notebook("drops.ipynb", "1")
    give(home, "DROPPED", VALUE.encode())
    home.json("notebook", "drops.ipynb", "--secret", "DROPPED")
    answer = home("notebook", "drops.ipynb")
    assert "gets no secrets any more" in answer.err
    assert "retries and limits are gone" not in answer.err


def test_deployment_files_name_secrets(shared_home: Home, tmp_path: Path) -> None:
    project = shared_home.work / "project"
    shared_home.notebook("project/a.ipynb", "1")
    (project / "schedules").mkdir()
    file = project / "schedules" / "filed.yaml"
    file.write_text("notebook: a.ipynb\nsecrets: [FILED]\n")
    error = shared_home.error("apply", project)
    assert "The secret FILED is not set" in error["message"] and str(file) in error["message"]
    give(shared_home, "FILED", VALUE.encode())
    shared_home.json("apply", project)
    assert shared_home.json("show", "filed")["policies"]["secrets"] == ["FILED"]
    assert "FILED" in shared_home("show", "filed").out
    file.write_text("notebook: a.ipynb\nsecrets: [PATH]\n")
    assert "filed.yaml:2: PATH has a meaning" in shared_home.error("apply", project)["message"]
