"""What a notebook may say about its results; the standard library only.

Every function shows a card and emits display data of a media type of its own, which docs/sdk.md
describes: what is recorded stays in the notebook, from any kernel, without credentials.
"""

from __future__ import annotations

from jupyter_deploy.sdk.files import file
from jupyter_deploy.sdk.run import run
from jupyter_deploy.sdk.tables import table
from jupyter_deploy.sdk.upstream import NothingPublished, upstream
from jupyter_deploy.sdk.values import metric, text

__all__ = ["NothingPublished", "file", "metric", "run", "table", "text", "upstream"]
