"""Values as the JSON documents of `openapi.yaml`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timezone
from typing import Any

from jupyter_deploy.domain.deployments import Event, Version
from jupyter_deploy.domain.environment import Environment
from jupyter_deploy.domain.runs import Run
from jupyter_deploy.engine.retention import MOST, Candidate
from jupyter_deploy.engine.service import View
from jupyter_deploy.timetable import explain

Document = dict[str, Any]


def utc_now() -> datetime:
    return datetime.now(timezone.utc)


def moment(value: datetime | None) -> str | None:
    return value.isoformat() if value else None


def _duration(run: Run) -> float | None:
    if run.started_at is None or run.ended_at is None:
        return None
    return round((run.ended_at - run.started_at).total_seconds(), 3)


def run_document(run: Run) -> Document:
    return {
        "id": run.id,
        "deployment": run.deployment,
        "version": run.version,
        "trigger": run.trigger,
        "state": run.state.value,
        "verdict": run.verdict,
        "fault": run.fault,
        "reason": run.reason,
        "cell": run.cell,
        "due_at": moment(run.due_at),
        "created_at": moment(run.created_at),
        "created_by": run.created_by,
        "started_at": moment(run.started_at),
        "ended_at": moment(run.ended_at),
        "duration": _duration(run),
        "parameters": run.parameters,
        "attempts": [
            {
                "fence": attempt.fence,
                "executor": attempt.executor,
                "engine": attempt.engine,
                "outcome": attempt.outcome,
                "started_at": moment(attempt.started_at),
                "ended_at": moment(attempt.ended_at),
            }
            for attempt in run.attempts
        ],
        "progress": asdict(run.progress) if run.progress else None,
        "metrics": run.metrics,
        "outputs": [asdict(item) for item in run.outputs],
        "cost": None,
        "not_before": moment(run.not_before),
        "why": run.why,
        "pinned": run.pinned,
        "pruned_at": moment(run.pruned_at),
    }


_SHORT = [
    "id",
    "state",
    "verdict",
    "reason",
    "cell",
    "created_at",
    "started_at",
    "ended_at",
    "duration",
    "progress",
]


def short_run(run: Run) -> Document:
    document = run_document(run)
    return {key: document[key] for key in _SHORT}


def summary(view: View) -> Document:
    live = view.deployment.live
    recent = [short_run(run) for run in view.recent]
    return {
        "name": view.deployment.name,
        "version": live.number,
        "state": live.state,
        "notebook": live.bundle.notebook.path,
        "origin": view.deployment.origin,
        "parameters": live.parameters,
        "schedule": live.schedule.to_json() if live.schedule else None,
        "schedule_text": explain(live.schedule.cron) if live.schedule else None,
        "next_fires": [moment(fire) for fire in view.next_fires],
        "paused": view.deployment.paused,
        "created_at": moment(live.created_at),
        "created_by": live.created_by,
        "last_run": recent[-1] if recent else None,
        "recent": recent,
    }


def deployment_document(view: View, environment: Environment | None) -> Document:
    bundle = view.deployment.live.bundle
    packages = environment.packages if environment else ()
    return {
        **summary(view),
        "preflight": {
            "verdict": None,
            "findings": [asdict(item) for item in bundle.findings],
        },
        "environment": {
            "digest": bundle.environment,
            "packages": [asdict(package) for package in packages],
        },
        "parameter_schema": [asdict(item) for item in bundle.parameters],
        "policies": view.deployment.live.policies.to_json(),
        "kernel": asdict(bundle.kernel),
        "files": [asdict(item) for item in bundle.files],
        "git": asdict(bundle.git) if bundle.git else None,
    }


def version_document(version: Version) -> Document:
    bundle = version.bundle
    return {
        "version": version.number,
        "state": version.state,
        "digest": version.digest,
        "notebook": bundle.notebook.path,
        "parameters": version.parameters,
        "schedule": version.schedule.to_json() if version.schedule else None,
        "kernel": asdict(bundle.kernel),
        "environment": {"digest": bundle.environment, "packages": bundle.packages},
        "git": asdict(bundle.git) if bundle.git else None,
        "files": [asdict(item) for item in bundle.files],
        "created_at": moment(version.created_at),
        "created_by": version.created_by,
        "policies": version.policies.to_json(),
    }


def preview_document(cron: str, timezone: str, fires: Sequence[datetime]) -> Document:
    return {
        "cron": cron,
        "timezone": timezone,
        "text": explain(cron),
        "next_fires": [moment(fire) for fire in fires],
    }


def event_document(event: Event) -> Document:
    return {
        "id": event.id,
        "at": moment(event.at),
        "kind": event.kind,
        "deployment": event.deployment,
        "run": event.run,
        "state": event.state,
    }


def retention_document(days: int, found: Sequence[Candidate]) -> Document:
    return {
        "older_than": days,
        "runs": [
            {
                "id": item.run.id,
                "deployment": item.run.deployment,
                "state": item.run.state.value,
                "ended_at": moment(item.run.ended_at),
                "size": item.size,
            }
            for item in found
        ],
        "size": sum(item.size for item in found),
        "more": len(found) == MOST,
    }
