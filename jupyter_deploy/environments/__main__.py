"""python -m jupyter_deploy.environments: build the environment of the plan on standard input.

Writes `{"python": PATH}`, or `{"error": SENTENCE, "full": whether the disk is}`.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from jupyter_deploy.durable import is_full
from jupyter_deploy.environments.building import build, read_plan
from jupyter_deploy.environments.problems import BuildError


def answer(document: dict[str, Any]) -> dict[str, Any]:
    try:
        return {"python": str(build(read_plan(document)))}
    except BuildError as error:
        return {"error": str(error), "full": error.full}
    except OSError as error:
        return {"error": f"{error.strerror or error}.", "full": is_full(error)}


if __name__ == "__main__":
    json.dump(answer(json.load(sys.stdin)), sys.stdout)
