"""What one can ask of the engine. Every method runs on the core's thread."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from jupyter_deploy.domain.bundle import Bundle
from jupyter_deploy.domain.deployments import Deployment, Event, NewVersion, Version
from jupyter_deploy.domain.engines import Seen
from jupyter_deploy.domain.environment import Environment
from jupyter_deploy.domain.ledger import Entry
from jupyter_deploy.domain.metrics import Measured
from jupyter_deploy.domain.names import check_name
from jupyter_deploy.domain.parameters import check_parameters
from jupyter_deploy.domain.preflight import FULL
from jupyter_deploy.domain.runs import Run
from jupyter_deploy.engine.comparing import Material, gather, last_good
from jupyter_deploy.engine.dispatcher import Dispatcher
from jupyter_deploy.engine.explaining import Question, ask
from jupyter_deploy.engine.history import Chronicle, before, chronicle
from jupyter_deploy.engine.keeping import leads_out, place_of
from jupyter_deploy.engine.ledger_tail import read_entries
from jupyter_deploy.engine.retention import Retention
from jupyter_deploy.engine.secrets import SecretBook
from jupyter_deploy.engine.shelf import Shelf
from jupyter_deploy.engine.watcher import Watcher
from jupyter_deploy.errors import Conflict, InvalidInput, NotFound
from jupyter_deploy.ports.blobs import BlobStore
from jupyter_deploy.ports.clock import Clock
from jupyter_deploy.ports.store import NewRun, RunQuery, Store
from jupyter_deploy.results.versions import Side
from jupyter_deploy.timetable import check_schedule, next_fires
from jupyter_deploy.vault.vault import Vault

#: Due times shown to people.
PREVIEW = 5
#: Runs in a deployment's short history.
RECENT = 20


@dataclass(frozen=True)
class View:
    """A deployment with what a person wants to know beside it; `version` is what is shown."""

    deployment: Deployment
    version: Version
    next_fires: list[datetime]
    recent: list[Run]


class Service:
    def __init__(
        self,
        store: Store,
        blobs: BlobStore,
        watcher: Watcher,
        dispatcher: Dispatcher,
        clock: Clock,
        retention: Retention,
        vault: Vault,
        *,
        stays: bool = False,
        preflight: str = FULL,
    ) -> None:
        self._store = store
        self._blobs = blobs
        self._watcher = watcher
        self._dispatcher = dispatcher
        self._clock = clock
        self.retention = retention
        self._stays = stays
        #: How a version is tried where nothing else is said.
        self.usual_preflight = preflight
        self.shelf = Shelf(store, blobs, clock)
        self.secrets = SecretBook(store, vault)

    def deploy(self, new: NewVersion, environment: Environment | None) -> tuple[View, bool]:
        """Make it live, or try it first; False when it is live already, or being tried.

        Raises InvalidInput for a name, parameter, schedule, path, missing upload or secret,
        and Conflict.
        """
        check_name(new.name)
        bundle = new.bundle
        parameters = check_parameters(
            new.parameters, bundle.parameters, known=bundle.parameters_known
        )
        sample = {**parameters, **new.preflight.parameters}
        check_parameters(sample, bundle.parameters, known=bundle.parameters_known)
        if new.schedule:
            check_schedule(new.schedule.cron, new.schedule.timezone, self._clock.now())
        self.secrets.check(new.policies.secrets)
        self._check_files(bundle)
        if environment is not None:
            self._store.put_environment(environment)
        deployment, created = self._store.deploy(
            replace(new, parameters=parameters), self._clock.now()
        )
        version = deployment.candidate or deployment.current
        return self.view(new.name, version.number), created

    def _check_files(self, bundle: Bundle) -> None:
        for item in bundle.contents:
            if not item.inside:
                raise InvalidInput(
                    f"The path {item.path!r} leads out of the project.", field="files"
                )
            if not self._blobs.has(item.digest):
                raise InvalidInput(
                    f"The content of {item.path} was not uploaded.",
                    field="files",
                    hint="Deploy again: every file goes to /blobs first.",
                )

    def views(self) -> list[View]:
        recent = self._store.recent(RECENT)
        return [
            self._view(item, item.current, recent.get(item.name, []))
            for item in self._store.deployments()
        ]

    def view(self, name: str, number: int | None = None) -> View:
        """As the version of that number describes it, or the current one. Raises NotFound."""
        deployment = self._store.deployment(name)
        version = self._version(name, number) if number else deployment.current
        newest = self._store.runs(RunQuery(deployment=name, limit=RECENT))
        return self._view(deployment, version, newest[::-1])

    def _version(self, name: str, number: int) -> Version:
        for version in self._store.versions(name):
            if version.number == number:
                return version
        raise NotFound(
            f"There is no version {number} of {name!r}.",
            field="version",
            hint=f"`jupyter deploy versions {name}` shows them.",
        )

    def _view(self, deployment: Deployment, version: Version, recent: list[Run]) -> View:
        schedule = version.schedule
        fires = []
        if schedule and not deployment.paused and version.state in ("live", "candidate"):
            fires = next_fires(schedule.cron, schedule.timezone, self._clock.now(), PREVIEW)
        return View(deployment, version, fires, [self._live(run) for run in recent])

    def environment_of(self, version: Version) -> Environment | None:
        digest = version.bundle.environment
        return self._store.environment(digest) if digest else None

    def environment(self, digest: str) -> Environment:
        return self._store.environment(digest)

    def versions(self, name: str) -> list[Version]:
        return self._store.versions(name)

    def version_pair(self, name: str, number: int, since: int | None) -> tuple[Side, Side | None]:
        """A version, and that one or the one before it; None when there is none before.

        Raises NotFound.
        """
        by_number = {item.number: item for item in self._store.versions(name)}
        before = max((item for item in by_number if item < number), default=None)
        for wanted in (number, since):
            if wanted is not None and wanted not in by_number:
                raise NotFound(
                    f"Deployment {name!r} has no version {wanted}.",
                    hint=f"Its newest version is {max(by_number)}.",
                )
        earlier = since or before
        new = self._side(by_number[number])
        return new, self._side(by_number[earlier]) if earlier else None

    def _side(self, version: Version) -> Side:
        notebook = self._blobs.path(version.bundle.notebook.digest)
        return Side(version, self.environment_of(version), notebook)

    def set_paused(self, name: str, paused: bool) -> View:
        self._store.set_paused(name, paused, self._clock.now())
        return self.view(name)

    def delete(self, name: str) -> View:
        before = self.view(name)
        self._store.delete(name, self._clock.now())
        return before

    def start_run(
        self,
        name: str,
        parameters: dict[str, Any],
        created_by: str | None,
        key: str | None,
        number: int | None = None,
    ) -> tuple[Run, bool]:
        """Queue a run of that version, or the current one, with these parameters over its own."""
        version = self._version(name, number) if number else self._store.deployment(name).current
        own = check_parameters(
            parameters, version.bundle.parameters, known=version.bundle.parameters_known
        )
        new = NewRun(name, {**version.parameters, **own}, created_by, key, version.number)
        run, created = self._store.add_run(new, self._clock.now())
        return self._live(run), created

    def retry(self, run_id: int, created_by: str | None) -> Run:
        """A new run of the version that ran, with the same parameters.

        Raises NotFound, also when the deployment is gone, and Conflict while it is open.
        """
        before = self._store.run(run_id)
        version = self._store.run_version(run_id)
        if before.state.open:
            raise Conflict(
                f"Run {run_id} has not ended yet ({before.state}).",
                hint="Wait for its end, or cancel it first.",
            )
        if version not in self._store.versions(before.deployment):
            raise NotFound(
                f"The deployment of run {run_id} is gone; another one has its name now.",
                field="name",
                hint=f"`jupyter deploy run {before.deployment}` runs what is live.",
            )
        new = NewRun(
            before.deployment,
            before.parameters,
            created_by,
            version=before.version,
            again=run_id,
        )
        run, _ = self._store.add_run(new, self._clock.now())
        return self._live(run)

    def run(self, run_id: int) -> Run:
        return self._live(self._store.run(run_id))

    def runs(self, query: RunQuery) -> list[Run]:
        return [self._live(run) for run in self._store.runs(query)]

    def _live(self, run: Run) -> Run:
        """A running run with its progress of this moment."""
        progress = self._watcher.progress(run.id) if run.state.open else None
        return replace(run, progress=progress) if progress else run

    def cancel(self, run_id: int) -> Run:
        # Also on a full disk: this run may be what fills it.
        run = self._watcher.spend(lambda: self._store.request_cancel(run_id, self._clock.now()))
        self._watcher.cancel(run_id)
        return self._live(run)

    def set_pinned(self, run_id: int, pinned: bool) -> Run:
        """A pinned run keeps its files. Raises NotFound."""
        return self._live(self._store.set_pinned(run_id, pinned))

    def ledger(self, run_id: int) -> tuple[Iterator[Entry], bool]:
        """The newest attempt's entries, and whether the run has ended."""
        run = self._store.run(run_id)
        path = self.folder(run) / "ledger.jsonl"
        kept = run.attempts[-1].ledger if run.attempts else None
        if kept and not path.exists():  # it ran elsewhere
            path = self._blobs.path(kept)
        return read_entries(path), not run.state.open

    def source(self, run_id: int) -> Path:
        return self._blobs.path(self._store.run_version(run_id).bundle.notebook.digest)

    def output(self, run_id: int, name: str) -> tuple[Path, str]:
        """The file and its media type. Raises NotFound."""
        run = self._store.run(run_id)
        for item in run.outputs:
            if item.name == name:
                folder = self.folder(run)
                path = place_of(folder, name)
                if leads_out(path, folder):
                    break
                if self._blobs.shared and not path.exists():  # it ran elsewhere
                    path = self._blobs.path(item.digest)
                return path, item.media_type
        if run.pruned_at:
            raise NotFound(
                f"The outputs of run {run_id} were deleted on {run.pruned_at:%Y-%m-%d}.",
                hint="`jupyter deploy pin RUN` keeps those of a run for ever.",
            )
        raise NotFound(
            f"Run {run_id} has no output {name!r}.",
            hint="It may still be running; its outputs are listed at the run.",
        )

    def measured(self, name: str, names: Sequence[str], limit: int) -> list[Measured]:
        """Metrics of the newest runs that have any. Raises NotFound."""
        self._store.deployment(name)
        return self._store.measured(name, names, limit)

    def chronicle(self, name: str, limit: int) -> Chronicle:
        """The newest runs of a deployment. Raises NotFound."""
        return chronicle(self._store, self._blobs, name, limit)

    def usual(self, run_id: int) -> Chronicle:
        """The run and the good ones before it. Raises NotFound."""
        return before(self._store, self._blobs, run_id)

    def material(self, run_a: int, run_b: int) -> Material:
        """What comparing two runs needs. Raises NotFound and Conflict."""
        return gather(self._store, self._blobs, self.output, run_a, run_b)

    def question(self, run_id: int) -> Question:
        """What explaining a failure needs. Raises NotFound and Conflict."""
        return ask(self._store, self._blobs, self.output, run_id)

    def since_last_good(self, run_id: int) -> Material:
        """What comparing a run with the last good one before it needs. Raises as `material`."""
        return self.material(last_good(self._store, run_id).id, run_id)

    def folder(self, run: Run) -> Path:
        return self._watcher.placement(run.id, run.fence).folder

    def workplace(self, run: Run) -> Path:
        """The folder in which its notebook ran."""
        notebook = self._store.run_version(run.id).bundle.notebook.path
        return (self.folder(run) / "work" / notebook).parent

    def missing(self, digests: list[str]) -> list[str]:
        return [digest for digest in digests if not self._blobs.has(digest)]

    def events(self, after: int, limit: int = 500) -> list[Event]:
        return self._store.events(after, limit)

    def last_event(self) -> int:
        return self._store.last_event()

    def load(self) -> dict[str, Any]:
        """Slots, queue and what keeps the engine alive."""
        activity = self._store.activity()
        return {
            "slots": self._dispatcher.slots,
            "queued": activity.queued,
            "running_runs": activity.running,
            "engines": [_described(seen) for seen in self._store.engines()],
            "holding": self._dispatcher.holding(),
            "keeps_alive": self._reasons(activity.queued + activity.running, activity.schedules),
        }

    def _reasons(self, open_runs: int, schedules: int) -> list[str]:
        reasons = ["it was started to stay"] if self._stays else []
        if open_runs:
            reasons.append(f"{open_runs} run{'s' if open_runs > 1 else ''} not finished")
        if schedules:
            reasons.append(f"{schedules} schedule{'s' if schedules > 1 else ''} in force")
        return reasons


def _described(seen: Seen) -> dict[str, Any]:
    member = seen.member
    return {
        "host": member.host,
        "pid": member.pid,
        "since": seen.since.isoformat(),
        "alive": seen.alive,
    }
