"""The server of the browser tests: on the loopback, without a login, as Galata needs it."""

import os

from jupyterlab.galata import configure_jupyter_server

configure_jupyter_server(c)  # noqa: F821 - Jupyter gives `c`

c.ServerApp.ip = "127.0.0.1"  # noqa: F821
c.ServerApp.port = int(os.environ["TEST_PORT"])  # noqa: F821
c.ServerApp.allow_root = True  # noqa: F821
