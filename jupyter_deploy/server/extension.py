"""The Jupyter Server extension: who may, what is captured, and the way to the engine."""

from __future__ import annotations

from typing import Any

from jupyter_server.utils import url_path_join

from jupyter_deploy.client.api import PREFIX, PUBLISHED
from jupyter_deploy.config import load_settings
from jupyter_deploy.server.capturing import (
    DeployHandler,
    DriftHandler,
    InspectHandler,
    PlaceHandler,
)
from jupyter_deploy.server.forwarding import FileHandler, ForwardHandler, HealthHandler
from jupyter_deploy.server.published_forwarding import PublishedHandler
from jupyter_deploy.server.transitions import SCHEMA, TransitionFeed


def load(server_app: Any) -> None:
    """Add the handlers and, once the server runs, the feed of transitions."""
    settings = load_settings()
    server_app.web_app.settings["jupyter_deploy"] = settings
    base = server_app.web_app.settings["base_url"]

    def address(pattern: str) -> str:
        return url_path_join(base, PREFIX, pattern)

    server_app.web_app.add_handlers(
        ".*$",
        [
            (address("health"), HealthHandler),
            (address("inspect"), InspectHandler),
            (address("deployments"), DeployHandler),
            (address("deployments/([^/]+)/notebook"), PlaceHandler),
            (address("deployments/([^/]+)/environment"), DriftHandler),
            (address("runs/[^/]+/(?:outputs/.+|source)"), FileHandler),
            (address(".+"), ForwardHandler),
            (url_path_join(base, PUBLISHED, ".+"), PublishedHandler),
        ],
    )
    server_app.event_logger.register_event_schema(SCHEMA)
    feed = TransitionFeed(settings, server_app.event_logger, server_app.log)
    server_app.io_loop.add_callback(feed.start)
    server_app.log.info("jupyter_deploy: deployments are kept in %s", settings.data_dir)
