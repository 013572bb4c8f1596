"""The engine's tornado application: which address goes to which handler."""

from __future__ import annotations

from typing import Any

from tornado.web import Application

from jupyter_deploy.client.api import PREFIX
from jupyter_deploy.server import diff_handlers, handlers, run_handlers
from jupyter_deploy.server.base import Context, EngineHandler, Nothing

NAME = r"([^/]+)"
NUMBER = r"([0-9]+)"

#: Patterns below the prefix, in the order of `openapi.yaml`.
ROUTES: list[tuple[str, type[EngineHandler]]] = [
    ("/health", handlers.HealthHandler),
    ("/inspect", handlers.InspectHandler),
    ("/schedules/preview", handlers.PreviewHandler),
    ("/blobs/missing", handlers.MissingBlobsHandler),
    (f"/blobs/{NAME}", handlers.BlobHandler),
    ("/deployments", handlers.DeploymentsHandler),
    (f"/deployments/{NAME}", handlers.DeploymentHandler),
    (f"/deployments/{NAME}/notebook", handlers.PlaceHandler),
    (f"/deployments/{NAME}/versions", handlers.VersionsHandler),
    (f"/deployments/{NAME}/runs", run_handlers.DeploymentRunsHandler),
    ("/runs", run_handlers.RunsHandler),
    (f"/runs/{NUMBER}", run_handlers.RunHandler),
    (f"/runs/{NUMBER}/cancel", run_handlers.CancelHandler),
    (f"/runs/{NUMBER}/retry", run_handlers.RetryHandler),
    (f"/runs/{NUMBER}/ledger", run_handlers.LedgerHandler),
    (f"/runs/{NUMBER}/diff/{NUMBER}", diff_handlers.DiffHandler),
    (f"/runs/{NUMBER}/source", run_handlers.SourceHandler),
    (f"/runs/{NUMBER}/outputs/(.+)", run_handlers.OutputHandler),
    ("/retention", run_handlers.RetentionHandler),
    (f"/environments/{NAME}", handlers.EnvironmentHandler),
    ("/events", handlers.EventsHandler),
]


def make_application(context: Context) -> Application:
    arguments: dict[str, Any] = {"context": context}
    rules = [(PREFIX + pattern, handler, arguments) for pattern, handler in ROUTES]
    return Application(rules, default_handler_class=Nothing)
