"""Kernelspecs and what is installed where they run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
from pathlib import Path
from typing import Any

import pytest

from jupyter_deploy.domain.bundle import Kernel
from jupyter_deploy.errors import InvalidInput
from jupyter_deploy.kernels.snapshot import snapshot_environment
from jupyter_deploy.kernels.specs import find_kernel

ARGV = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]


@pytest.fixture
def kernels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of kernelspecs that is looked at before the installed ones."""
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))
    folder = tmp_path / "jupyter" / "kernels"
    folder.mkdir(parents=True)
    return folder


def install(kernels: Path, name: str, **members: Any) -> None:
    folder = kernels / name
    folder.mkdir()
    spec = {"argv": ARGV, "display_name": name.title(), "language": "python", **members}
    (folder / "kernel.json").write_text(json.dumps(spec))


def python(interpreter: str | Path | None, name: str = "k") -> Kernel:
    return Kernel(name, name, "python", None if interpreter is None else str(interpreter))


def test_the_named_kernel_is_found() -> None:
    kernel, findings = find_kernel("python3", "python")
    assert kernel.name == "python3"
    assert kernel.language == "python"
    assert kernel.interpreter and Path(kernel.interpreter).is_file()
    assert findings == ()


@pytest.mark.parametrize("language", [None, "python", "Python", "ipython", "plaintext"])
def test_without_a_name_the_default_runs_and_is_said(language: str | None) -> None:
    kernel, (finding,) = find_kernel(None, language)
    assert kernel.name == "python3"
    assert finding.cause == "kernelspec_missing"
    assert kernel.display_name in finding.message


def test_without_a_name_another_language_gets_its_first_kernel(kernels: Path) -> None:
    install(kernels, "zeta-r", language="R", argv=["R"])
    install(kernels, "alpha-r", language="R", argv=["R"])
    kernel, findings = find_kernel(None, "r")
    assert (kernel.name, kernel.language) == ("alpha-r", "r")
    assert len(findings) == 1


def test_an_unknown_kernel_names_the_installed_ones(kernels: Path) -> None:
    install(kernels, "mine")
    with pytest.raises(InvalidInput) as caught:
        find_kernel("theirs", "python")
    assert caught.value.field == "kernel"
    assert "mine, python3" in (caught.value.hint or "")


def test_a_language_without_a_kernel_is_refused() -> None:
    with pytest.raises(InvalidInput, match="No kernel for cobol") as caught:
        find_kernel(None, "cobol")
    assert caught.value.field == "kernel"


@pytest.mark.parametrize("name", ["../../etc", "a b", "", "\0"])
def test_names_that_no_kernel_can_have(name: str) -> None:
    with pytest.raises(InvalidInput):
        find_kernel(name, None)


@pytest.mark.parametrize("content", ["{", "[]", '{"argv": 3}', ""])
def test_a_broken_kernelspec_is_refused_only_when_it_is_wanted(kernels: Path, content: str) -> None:
    (kernels / "aaa").mkdir()
    (kernels / "aaa" / "kernel.json").write_text(content)
    with pytest.raises(InvalidInput) as caught:
        find_kernel("aaa", None)
    assert caught.value.field == "kernel"
    assert find_kernel(None, "python")[0].name == "python3"


@pytest.mark.parametrize("program", ["python", f"python{sys.version_info[0]}"])
def test_a_bare_python_is_this_one(kernels: Path, program: str) -> None:
    install(kernels, "bare", argv=[program, "-m", "ipykernel_launcher"])
    assert find_kernel("bare", None)[0].interpreter == sys.executable


def test_other_programs_are_looked_up(kernels: Path) -> None:
    install(kernels, "shell", argv=["sh", "start.sh"])
    assert Path(find_kernel("shell", None)[0].interpreter or "").is_absolute()
    install(kernels, "gone", argv=["no-such-program"])
    assert find_kernel("gone", None)[0].interpreter == "no-such-program"


def test_the_snapshot_is_the_interpreters_own() -> None:
    found = snapshot_environment(python(sys.executable))
    assert found is not None
    assert found.python == ".".join(str(part) for part in sys.version_info[:3])
    names = [package.name for package in found.packages]
    assert "papermill" in names
    assert names == sorted(set(names))
    assert all(name == name.lower() and "_" not in name for name in names)


def test_another_environment_has_its_own_packages(tmp_path: Path) -> None:
    interpreter, packages = environment(tmp_path)
    distribution(packages, "My_Package", "1.0")
    found = snapshot_environment(python(interpreter))
    assert found is not None
    assert [(item.name, item.version) for item in found.packages] == [("my-package", "1.0")]


def test_an_installation_is_noticed(tmp_path: Path) -> None:
    interpreter, packages = environment(tmp_path)
    before = snapshot_environment(python(interpreter))
    distribution(packages, "added", "2.0")
    after = snapshot_environment(python(interpreter))
    assert before is not None and after is not None
    assert before.digest != after.digest
    assert [item.name for item in after.packages] == ["added"]


def test_remains_of_an_uninstallation_do_no_harm(tmp_path: Path) -> None:
    interpreter, packages = environment(tmp_path)
    distribution(packages, "whole", "1.0")
    (packages / "half-1.0.dist-info").mkdir()
    (packages / "~alf-1.0.dist-info").mkdir()
    found = snapshot_environment(python(interpreter))
    assert found is not None
    assert [item.name for item in found.packages] == ["whole"]


def test_what_site_hooks_print_does_no_harm(tmp_path: Path) -> None:
    interpreter, packages = environment(tmp_path)
    (packages / "sitecustomize.py").write_text("print('welcome', end='')")
    assert snapshot_environment(python(interpreter)) is not None


def test_a_python_too_old_to_be_asked_has_no_snapshot(tmp_path: Path) -> None:
    interpreter, packages = environment(tmp_path)
    blocked = "import sys\nsys.modules['importlib.metadata'] = None"
    (packages / "sitecustomize.py").write_text(blocked)
    assert snapshot_environment(python(interpreter)) is None


def test_the_second_time_no_process_is_started(monkeypatch: pytest.MonkeyPatch) -> None:
    first = snapshot_environment(python(sys.executable))
    monkeypatch.setattr(subprocess, "Popen", None)
    assert snapshot_environment(python(sys.executable)) == first


@pytest.mark.parametrize(
    "kernel",
    [
        Kernel("ir", "R", "r", "/usr/bin/R"),
        python(None),
        python("/bin/sh"),
        python("/opt/conda/bin/conda"),
    ],
)
def test_what_cannot_be_asked_has_no_snapshot(kernel: Kernel) -> None:
    assert snapshot_environment(kernel) is None


def test_a_dead_interpreter_is_refused(tmp_path: Path) -> None:
    broken = tmp_path / "python3"
    for make in (lambda: None, lambda: script(broken, "exit 3"), lambda: script(broken, "echo hi")):
        make()
        with pytest.raises(InvalidInput) as caught:
            snapshot_environment(python(broken))
        assert caught.value.field == "kernel"


def script(path: Path, line: str) -> None:
    path.write_text(f"#!/bin/sh\n{line}\n")
    path.chmod(0o755)


def environment(folder: Path) -> tuple[Path, Path]:
    """The interpreter and packages folder of a fresh environment."""
    venv.create(folder / "env", symlinks=os.name != "nt")
    interpreter = folder / "env" / "bin" / "python"
    program = "import sysconfig; print(sysconfig.get_path('purelib'))"
    asked = subprocess.run([interpreter, "-c", program], capture_output=True, check=True, text=True)
    return interpreter, Path(asked.stdout.strip())


def distribution(packages: Path, name: str, version: str) -> None:
    folder = packages / f"{name}-{version}.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
