"""Attempts as the engine starts them: own folder, inherited lock, runner as a process."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from jupyter_deploy.domain.ledger import Entry
from jupyter_deploy.domain.verdict import Ending, Verdict, judge
from jupyter_deploy.vault.vault import Vault

#: Seconds that anything here may take on a busy machine.
PATIENCE = 60.0


def code(source: str, *tags: str) -> nbformat.NotebookNode:
    return new_code_cell(source, metadata={"tags": list(tags)})


def text(source: str) -> nbformat.NotebookNode:
    return new_markdown_cell(source)


class Attempt:
    """One attempt's folder and, once started, its runner."""

    def __init__(self, folder: Path, cells: list[Any], **task: Any) -> None:
        self.folder = folder
        metadata = task.pop("metadata", {})
        notebook = new_notebook(
            cells=[code(c) if isinstance(c, str) else c for c in cells], metadata=metadata
        )
        blob = folder / "blob"
        blob.write_text(nbformat.writes(notebook), encoding="utf-8")
        document = {
            "run_id": 7,
            "fence": 1,
            "deployment": "churn",
            "version": 3,
            "notebook": {"path": task.pop("path", "notebooks/churn.ipynb"), "blob": str(blob)},
            "files": self._blobs(task.pop("files", {})),
            "kernel": task.pop("kernel", "python3"),
            "language": task.pop("language", "python"),
            "parameters": task.pop("parameters", {}),
            "caps": task.pop("caps", {}),
            "lease": task.pop("lease", None),
            "passed": task.pop("passed", []),
            "secrets": self._secrets(task.pop("secrets", {})),
            "timeouts": {"kernel_start": 60, "cell": None, "run": None, **task},
        }
        (folder / "task.json").write_text(json.dumps(document))
        self.process: subprocess.Popen[bytes] | None = None
        self.took = 0.0

    def _blobs(self, files: dict[str, str]) -> list[dict[str, str]]:
        found = []
        for number, (path, content) in enumerate(files.items()):
            blob = self.folder / f"blob{number}"
            blob.write_text(content)
            found.append({"path": path, "blob": str(blob)})
        return found

    def _secrets(self, values: dict[str, str | None]) -> dict[str, Any] | None:
        """Sets those that have a value, beside the attempt's folder as the engine does."""
        vault = Vault(self.folder.parent, "file")
        for name, value in values.items():
            if value is not None:
                vault.set(name, value)
        return {"names": list(values), "folder": str(self.folder.parent)} if values else None

    def start(self, **environment: str) -> Attempt:
        lock = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        with open(self.folder / "runner.log", "ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "jupyter_deploy.runner", str(self.folder)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**os.environ, **environment},
                pass_fds=(lock,),
                start_new_session=True,
            )
        os.close(lock)
        return self

    @property
    def running(self) -> subprocess.Popen[bytes]:
        assert self.process is not None
        return self.process

    def run(self, **environment: str) -> Attempt:
        began = time.monotonic()
        self.start(**environment).wait()
        self.took = time.monotonic() - began
        return self

    def wait(self) -> Attempt:
        self.running.wait(PATIENCE)
        return self

    def stop(self, number: int = signal.SIGTERM) -> None:
        self.running.send_signal(number)

    @property
    def entries(self) -> list[Entry]:
        """Whole lines so far."""
        try:
            content = (self.folder / "ledger.jsonl").read_text(encoding="utf-8")
        except FileNotFoundError:
            return []
        lines = content.split("\n")[:-1]
        return [Entry.from_json(json.loads(line, parse_constant=_refuse)) for line in lines]

    def until(self, found: Callable[[Entry], bool]) -> Entry:
        """The first entry that is looked for, as soon as it is there."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            over = self.running.poll() is not None
            for entry in self.entries:
                if found(entry):
                    return entry
            assert not over, f"the runner ended before: {self.log}\n{self.entries}"
            time.sleep(0.02)
        raise AssertionError(f"never came: {self.entries}")

    def until_output(self, words: str) -> Entry:
        return self.until(lambda e: e.kind == "output" and words in json.dumps(e.data["output"]))

    def of_kind(self, kind: str) -> list[Entry]:
        return [entry for entry in self.entries if entry.kind == kind]

    @property
    def log(self) -> str:
        return (self.folder / "runner.log").read_text()

    @property
    def finished(self) -> dict[str, Any]:
        last = self.entries[-1]
        assert last.kind == "finished", f"{last}\n{self.log}"
        return dict(last.data)

    def verdict(self, *, cancelled: bool = False) -> Verdict:
        return judge(self.entries, Ending(cancel_requested=cancelled))

    @property
    def notebook(self) -> nbformat.NotebookNode:
        return nbformat.read(self.folder / "output.ipynb", as_version=4)

    def stream(self, cell: int, name: str = "stdout") -> str:
        outputs = self.notebook.cells[cell].outputs
        return "".join(o.text for o in outputs if o.output_type == "stream" and o.name == name)

    def lock_is_free(self) -> bool:
        with open(self.folder / "lock") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
        return True


def _refuse(word: str) -> Any:
    raise AssertionError(f"{word} is not JSON")


@pytest.fixture
def attempt(tmp_path: Path) -> Iterator[Callable[..., Attempt]]:
    made: list[Attempt] = []

    def make(*cells: Any, **task: Any) -> Attempt:
        folder = tmp_path / f"attempt{len(made)}"
        folder.mkdir()
        made.append(Attempt(folder, list(cells), **task))
        return made[-1]

    yield make
    for item in made:
        if item.process is not None and item.process.poll() is None:
            item.process.kill()
            item.process.wait()
