"""Good runs become what readers see, one after another, each in a process of its own.

All outputs of a run or none: what is missing is said in a sentence, and what readers saw
before stays. The core's thread only begins and notes; making and storing happens beside it.
"""

from __future__ import annotations

import json
import logging
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from jupyter_deploy.domain.publishing import Publication, Published, outputs_to_json
from jupyter_deploy.domain.runs import Run
from jupyter_deploy.engine.keeping import chunks_of, leads_out, place_of
from jupyter_deploy.engine.watcher import Watcher
from jupyter_deploy.errors import DeployError, InvalidInput, NotFound, TooLarge
from jupyter_deploy.ports.blobs import BlobStore
from jupyter_deploy.ports.clock import Clock
from jupyter_deploy.ports.store import Store

log = logging.getLogger(__name__)

#: Another engine's runs are left to it for so long.
PATIENCE = timedelta(minutes=5)
#: Seconds between looks for what others left, and after what the disk did not take.
LOOK = 60.0
#: Seconds that one run may take.
LIMIT = 960.0
#: How often a process may be brought down before its run is given up.
CRASHES = 2


@dataclass
class _Work:
    """One run on its way; the thread fills what comes of it and sets `done` last."""

    publication: Publication
    request: dict[str, Any]
    folder: Path
    process: subprocess.Popen[str] | None = None
    made: list[tuple[Published, Path | None]] = field(default_factory=list)
    problem: str | None = None
    crashed: bool = False
    failure: OSError | None = None
    done: bool = False


class Publisher:
    def __init__(
        self,
        store: Store,
        blobs: BlobStore,
        watcher: Watcher,
        clock: Clock,
        folder: Path,
    ) -> None:
        self._store = store
        self._blobs = blobs
        self._watcher = watcher
        self._clock = clock
        self._folder = folder
        #: Called between files that go into a shared database: a lease must not lapse over them.
        self.hold: Callable[[], None] = lambda: None
        #: Tells the core, from any thread, that there is something to note.
        self.wake: Callable[[], None] = lambda: None
        self._work: _Work | None = None
        self._closed_before = -1
        self._look_at = 0.0
        self._crashes: dict[int, int] = {}
        shutil.rmtree(folder, ignore_errors=True)  # of an engine that was killed

    @property
    def busy(self) -> bool:
        return self._work is not None

    def tick(self) -> bool:
        """Note what was made and begin with what waits; True when something has changed."""
        noted = False
        if self._work is not None and self._work.done:
            self._note(self._work)
            noted = True
        if self._work is None and self._may_look():
            self._begin()
        return noted

    def close(self) -> None:
        """End the process; its run waits for the next start."""
        if self._work and self._work.process:
            self._work.process.kill()

    def _may_look(self) -> bool:
        """When a run has ended here, and now and then for those of others."""
        if self._watcher.closed == self._closed_before and time.monotonic() < self._look_at:
            return False
        self._closed_before = self._watcher.closed
        self._look_at = time.monotonic() + LOOK
        return True

    def _begin(self) -> None:
        before = self._clock.now() - PATIENCE
        for publication in self._store.unpublished(self._watcher.engine, before, 1):
            try:
                request = self._request(publication)
            except NotFound as error:  # it would be the first one for ever
                self._refuse(publication, error)
                continue
            self._folder.mkdir(parents=True, exist_ok=True)
            folder = Path(tempfile.mkdtemp(dir=self._folder, prefix=f"{publication.run}-"))
            self._work = _Work(publication, request, folder)
            threading.Thread(target=self._make, args=(self._work,), daemon=True).start()

    def _refuse(self, publication: Publication, error: NotFound) -> None:
        problem = f"The outputs cannot be published: {error}"
        self._store.publish(publication.run, [], problem, self._clock.now())
        self._look_at = 0.0  # others may wait

    def _request(self, publication: Publication) -> dict[str, Any]:
        run = self._store.run(publication.run)
        version = self._store.run_version(run.id)
        parent = str(Path(version.bundle.notebook.path).parent)
        folder = self._watcher.placement(run.id, run.fence).folder
        return {
            "title": publication.deployment,
            "folder": "" if parent == "." else parent,
            "workplace": str(folder / "work" / parent),
            "files": self._files(run),
            "metrics": run.metrics,
            "outputs": outputs_to_json(version.outputs),
        }

    def _files(self, run: Run) -> dict[str, Any]:
        folder = self._watcher.placement(run.id, run.fence).folder
        found = {}
        for item in run.outputs:
            path = place_of(folder, item.name)
            if self._blobs.shared and not path.exists():  # it ran elsewhere
                path = self._blobs.path(item.digest)
            elif leads_out(path, folder):
                continue
            found[item.name] = {
                "path": str(path),
                "media_type": item.media_type,
                "digest": item.digest,
            }
        return found

    def _make(self, work: _Work) -> None:
        """On a thread of its own."""
        try:
            self._run_process(work)
            if not self._blobs.shared:
                self._put(work.made)
        except OSError as error:
            work.failure = error
        except (DeployError, ValueError, KeyError, TypeError) as error:
            work.problem = f"The outputs cannot be published: {error}"
        work.done = True
        self.wake()

    def _run_process(self, work: _Work) -> None:
        work.process = subprocess.Popen(
            [sys.executable, "-m", "jupyter_deploy.publishing", str(work.folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
        )
        try:
            out, err = work.process.communicate(json.dumps(work.request), timeout=LIMIT)
        except subprocess.TimeoutExpired:
            work.process.kill()
            out, err = work.process.communicate()
        code = work.process.returncode
        if code == 0:
            work.made = [_made(item) for item in json.loads(out)["outputs"]]
            return
        last = (err.strip().splitlines() or [f"it ended with {code}"])[-1]
        work.crashed = code < 0
        work.problem = last if code == 2 else f"The outputs cannot be published: {last}."
        log.warning("run %s: %s", work.publication.run, err.strip() or last)

    def _put(self, made: Sequence[tuple[Published, Path | None]]) -> None:
        for output, path in made:
            if output.digest and path:
                self._blobs.put(output.digest, chunks_of(path))

    def _note(self, work: _Work) -> None:
        """On the core's thread. Raises Unavailable, after which it is called again."""
        run_id = work.publication.run
        if work.failure is not None:
            log.warning("run %s is published later: %s", run_id, work.failure)
        elif work.crashed and self._crashes.get(run_id, 0) + 1 < CRASHES:
            self._crashes[run_id] = self._crashes.get(run_id, 0) + 1
            self._look_at = 0.0
        else:
            self._store_all(work)
            outputs = [] if work.problem else [output for output, _path in work.made]
            problem = work.problem and self._explained(run_id, work.problem)
            self._store.publish(run_id, outputs, problem, self._clock.now())
            self._crashes.pop(run_id, None)
            self._look_at = 0.0  # others may wait
        self._work = None
        shutil.rmtree(work.folder, ignore_errors=True)

    def _explained(self, run_id: int, problem: str) -> str:
        """With what the run itself warned of: an output that was cut may be what is missing."""
        run = self._store.run(run_id)
        warns = run.verdict == "succeeded_with_warnings" and run.reason
        return f"{problem} The run warned: {run.reason}" if warns else problem

    def _store_all(self, work: _Work) -> None:
        """Where it is stored already nothing happens, unless it was just forgotten."""
        try:
            for made in work.made:
                self._put([made])
                self.hold()
        except (InvalidInput, TooLarge, NotFound, OSError) as error:
            work.problem = f"The outputs cannot be published: {error}"


def _made(item: dict[str, Any]) -> tuple[Published, Path | None]:
    path = item.pop("path")
    return Published.from_json(item), Path(path) if path else None
