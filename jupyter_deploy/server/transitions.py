"""The engine's events on Jupyter's event bus.

Events are hints, `{id, kind, deployment, run, state}`: who hears one asks by
REST. A lost one costs the delay until the next poll, never correctness.
"""

from __future__ import annotations

import asyncio
import json
import logging
from pathlib import Path
from typing import Any

from jupyter_events import EventLogger
from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPRequest

from jupyter_deploy.client.api import PREFIX
from jupyter_deploy.client.launch import Endpoint, find_engine
from jupyter_deploy.config import Settings

SCHEMA = Path(__file__).parent / "transition.schema.yaml"
SCHEMA_ID = "https://events.jupyter.org/jupyter_deploy/transition/v1"
#: Seconds of one long poll, and between looks for an engine.
WAIT = 25
REST = 1.0


class TransitionFeed:
    def __init__(self, settings: Settings, events: EventLogger, log: logging.Logger) -> None:
        self._settings = settings
        self._events = events
        self._log = log
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.get_running_loop().create_task(self._run())

    async def _run(self) -> None:
        cursor = -1  # an engine that is started anew counts on in the same database
        while True:
            endpoint = find_engine(self._settings)
            if endpoint is None:
                await asyncio.sleep(REST)
                continue
            try:
                cursor = await self._pass_on(endpoint, cursor)
            except (HTTPClientError, OSError, ValueError, KeyError) as error:
                self._log.debug("jupyter_deploy: no events: %s", error)
                await asyncio.sleep(REST)

    async def _pass_on(self, endpoint: Endpoint, cursor: int) -> int:
        # The first request only learns where the stream stands.
        wait = 0 if cursor < 0 else WAIT
        request = HTTPRequest(
            f"{endpoint.url}{PREFIX}/events?after={cursor}&wait={wait}",
            headers={"Authorization": f"token {endpoint.token}"},
            request_timeout=WAIT + 10,
        )
        response = await AsyncHTTPClient().fetch(request)
        document: dict[str, Any] = json.loads(response.body)
        for event in document["events"]:
            data = {key: event[key] for key in ("id", "kind", "deployment", "run", "state")}
            self._events.emit(schema_id=SCHEMA_ID, data=data)
        return int(document["next"])
