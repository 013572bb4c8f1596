"""The engine's tornado application: which address goes to which handler."""

from __future__ import annotations

from typing import Any

from tornado.log import access_log
from tornado.web import Application, RequestHandler

from jupyter_deploy.client.api import PREFIX, PUBLISHED
from jupyter_deploy.server import (
    diff_handlers,
    handlers,
    history_handlers,
    output_handlers,
    published_handlers,
    run_handlers,
    secret_handlers,
    shelf_handlers,
    version_handlers,
    why_handlers,
)
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
    (f"/deployments/{NAME}/environment", handlers.DriftHandler),
    (f"/deployments/{NAME}/versions", version_handlers.VersionsHandler),
    (f"/deployments/{NAME}/versions/{NUMBER}/changes", version_handlers.ChangesHandler),
    (f"/deployments/{NAME}/outputs", shelf_handlers.OutputsHandler),
    (f"/deployments/{NAME}/tokens", shelf_handlers.TokensHandler),
    (f"/deployments/{NAME}/tokens/{NUMBER}", shelf_handlers.TokenHandler),
    (f"/deployments/{NAME}/history", history_handlers.HistoryHandler),
    (f"/deployments/{NAME}/runs", run_handlers.DeploymentRunsHandler),
    ("/runs", run_handlers.RunsHandler),
    (f"/runs/{NUMBER}", run_handlers.RunHandler),
    (f"/runs/{NUMBER}/cancel", run_handlers.CancelHandler),
    (f"/runs/{NUMBER}/retry", run_handlers.RetryHandler),
    (f"/runs/{NUMBER}/ledger", run_handlers.LedgerHandler),
    (f"/runs/{NUMBER}/diff", diff_handlers.LastGoodHandler),
    (f"/runs/{NUMBER}/diff/{NUMBER}", diff_handlers.DiffHandler),
    (f"/runs/{NUMBER}/why", why_handlers.WhyHandler),
    (f"/runs/{NUMBER}/usual", history_handlers.UsualHandler),
    (f"/runs/{NUMBER}/source", output_handlers.SourceHandler),
    (f"/runs/{NUMBER}/outputs/(.+)", output_handlers.OutputHandler),
    ("/metrics", run_handlers.MetricsHandler),
    ("/retention", run_handlers.RetentionHandler),
    (f"/environments/{NAME}", handlers.EnvironmentHandler),
    ("/secrets", secret_handlers.SecretsHandler),
    (f"/secrets/{NAME}", secret_handlers.SecretHandler),
    ("/events", handlers.EventsHandler),
]

#: Patterns below the prefix of what readers get.
READ: list[tuple[str, type[EngineHandler]]] = [
    (f"/{NAME}", published_handlers.SlashHandler),
    (f"/{NAME}/", published_handlers.IndexHandler),
    (f"/{NAME}/{NAME}", published_handlers.OutputHandler),
    (f"/{NAME}/{NAME}/schema", published_handlers.SchemaHandler),
]


def make_application(context: Context) -> Application:
    arguments: dict[str, Any] = {"context": context}
    rules = [
        (prefix + pattern, handler, arguments)
        for prefix, routes in ((PREFIX, ROUTES), (PUBLISHED, READ))
        for pattern, handler in routes
    ]
    return Application(rules, default_handler_class=Nothing, log_function=_log)


def _log(handler: RequestHandler) -> None:
    """Without the query, which may hold a reader's token."""
    request, status = handler.request, handler.get_status()
    log = access_log.error if status >= 500 else access_log.info
    log("%d %s %s %.0f ms", status, request.method, request.path, 1000 * request.request_time())
