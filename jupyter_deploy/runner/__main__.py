"""python -m jupyter_deploy.runner FOLDER: execute the attempt in this folder."""

from __future__ import annotations

import sys
from pathlib import Path

# The format checks of jsonschema load a grammar for IRIs in 0.8 s, if it is installed.
# Nothing here asks for them.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]

from jupyter_deploy.runner.attempt import main  # noqa: E402

if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).resolve()))
