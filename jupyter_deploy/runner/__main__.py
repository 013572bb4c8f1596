"""python -m jupyter_deploy.runner FOLDER: execute the attempt in this folder, under a guard."""

from __future__ import annotations

import sys
from pathlib import Path

from jupyter_deploy.runner.guard import under_guard


def _attempt(folder: Path) -> int:
    # The format checks of jsonschema load a grammar for IRIs in 0.8 s, if it is installed.
    # Nothing here asks for them.
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
    from jupyter_deploy.runner.attempt import main  # heavy: the guard does without

    return main(folder)


if __name__ == "__main__":
    place = Path(sys.argv[1]).resolve()
    sys.exit(under_guard(place, lambda: _attempt(place)))
