"""Take notebooks to production from JupyterLab.

In a notebook, `import jupyter_deploy as jd` gives what it may say about its results (`sdk`). That
loads the standard library only, and nothing before it is used; the heavy parts are loaded by the
process that needs them.
"""

from __future__ import annotations

TYPE_CHECKING = False  # as in typing, which takes longer to load than all the rest
if TYPE_CHECKING:
    from jupyter_deploy.sdk import NothingPublished, file, metric, run, table, text, upstream

__all__ = ["NothingPublished", "file", "metric", "run", "table", "text", "upstream"]

__version__ = "0.1.0"


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from jupyter_deploy import sdk

    return getattr(sdk, name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def _jupyter_labextension_paths() -> list[dict[str, str]]:
    return [{"src": "labextension", "dest": "jupyterlab-deploy"}]


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "jupyter_deploy"}]


def _load_jupyter_server_extension(server_app: object) -> None:
    from jupyter_deploy.server.extension import load

    load(server_app)
