"""Take notebooks to production from JupyterLab.

Importing this package loads the standard library only, so that a notebook may
import it at no cost; the heavy parts are loaded by the process that needs them.
"""

from __future__ import annotations

__version__ = "0.1.0"


def _jupyter_labextension_paths() -> list[dict[str, str]]:
    return [{"src": "labextension", "dest": "jupyterlab-deploy"}]


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "jupyter_deploy"}]


def _load_jupyter_server_extension(server_app: object) -> None:
    from jupyter_deploy.server.extension import load

    load(server_app)
