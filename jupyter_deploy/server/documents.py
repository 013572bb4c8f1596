"""Values as the JSON documents of `openapi.yaml`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timezone
from typing import Any

from jupyter_deploy.domain.bundle import Bundle
from jupyter_deploy.domain.deployments import Event, Version
from jupyter_deploy.domain.environment import Environment
from jupyter_deploy.domain.metrics import Measured, number_to_json
from jupyter_deploy.domain.preflight import findings
from jupyter_deploy.domain.publishing import outputs_to_json
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
        "metrics": {name: number_to_json(value) for name, value in run.metrics.items()},
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
    shown = view.version
    recent = [short_run(run) for run in view.recent]
    return {
        "name": view.deployment.name,
        "version": shown.number,
        "state": shown.state,
        "notebook": shown.bundle.notebook.path,
        "origin": view.deployment.origin,
        "parameters": shown.parameters,
        "schedule": shown.schedule.to_json() if shown.schedule else None,
        "schedule_text": explain(shown.schedule.cron) if shown.schedule else None,
        "next_fires": [moment(fire) for fire in view.next_fires],
        "paused": view.deployment.paused,
        "created_at": moment(shown.created_at),
        "created_by": shown.created_by,
        "candidate": candidate_document(view.deployment.candidate),
        "last_run": recent[-1] if recent else None,
        "recent": recent,
    }


def deployment_document(view: View, environment: Environment | None) -> Document:
    bundle = view.version.bundle
    packages = environment.packages if environment else ()
    return {
        **summary(view),
        "preflight": preflight_document(view.version),
        "environment": {
            **_environment(bundle),
            "packages": [package.to_json() for package in packages],
        },
        "parameter_schema": [asdict(item) for item in bundle.parameters],
        "policies": view.version.policies.to_json(),
        "outputs": outputs_to_json(view.version.outputs),
        "kernel": asdict(bundle.kernel),
        "files": [asdict(item) for item in bundle.files],
        "git": asdict(bundle.git) if bundle.git else None,
    }


def _environment(bundle: Bundle) -> Document:
    """Without values of variables, which may be secrets."""
    start = bundle.start
    return {
        "digest": bundle.environment,
        "locked": bundle.lock is not None,
        "variables": list(bundle.variables),
        "kernelspec": {"argv": list(start.argv), "variables": sorted(start.env)} if start else None,
    }


def candidate_document(version: Version | None) -> Document | None:
    """The newest version where that is not live."""
    if version is None:
        return None
    tried = version.tried
    return {
        "version": version.number,
        "state": version.state,
        "created_at": moment(version.created_at),
        "run": tried.run if tried else None,
        "reason": tried.reason if tried else None,
        "cell": tried.cell if tried else None,
    }


def preflight_document(version: Version) -> Document:
    """How it was tried, and all that is known of it since: by its source, and by its run."""
    tried = version.tried
    report = tried.report if tried else None
    found = findings(version.bundle.findings, version.preflight.mode, tried)
    return {
        **version.preflight.to_json(),
        "run": tried.run if tried else None,
        "verdict": tried.verdict if tried else None,
        "fault": tried.fault if tried else None,
        "reason": tried.reason if tried else None,
        "cell": tried.cell if tried else None,
        "findings": [asdict(item) for item in found],
        "forecast": asdict(report.forecast) if report else None,
        "effects": asdict(report.effects) if report else None,
    }


def version_document(version: Version) -> Document:
    bundle = version.bundle
    return {
        "version": version.number,
        "state": version.state,
        "digest": version.digest,
        "notebook": bundle.notebook.path,
        "notebook_digest": bundle.notebook.digest,
        "parameters": version.parameters,
        "schedule": version.schedule.to_json() if version.schedule else None,
        "kernel": asdict(bundle.kernel),
        "environment": {**_environment(bundle), "packages": bundle.packages},
        "git": asdict(bundle.git) if bundle.git else None,
        "files": [asdict(item) for item in bundle.files],
        "created_at": moment(version.created_at),
        "created_by": version.created_by,
        "policies": version.policies.to_json(),
        "outputs": outputs_to_json(version.outputs),
        "preflight": preflight_document(version),
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


def metrics_document(deployment: str, found: Sequence[Measured]) -> Document:
    """One series a name, with the unit and source of its newest value."""
    series: dict[str, Document] = {}
    for one in found:
        metric = one.metric
        known = series.setdefault(metric.name, {"name": metric.name, "values": []})
        known |= {"unit": metric.unit, "source": metric.source}
        known["values"].append(
            {
                "run": one.run,
                "at": moment(one.at),
                "value": number_to_json(metric.value),
                "cell": metric.cell,
            }
        )
    return {"deployment": deployment, "metrics": list(series.values())}
