"""python -m jupyter_deploy.results.why: explains a failure, as JSON on standard output.

A process of its own, like comparing. `run` and `last_good` come as JSON on standard
input; what cannot be done is said on standard error with exit code 3.
"""

from __future__ import annotations

import json
import sys

from jupyter_deploy.results.process import UNREADABLE, limit_memory, refuse
from jupyter_deploy.results.why.explain import explain
from jupyter_deploy.results.why.sides import Side


def main() -> None:
    limit_memory()
    question = json.load(sys.stdin)
    good = question["last_good"]
    try:
        found = explain(Side.from_json(question["run"]), Side.from_json(good) if good else None)
    except (OSError, ValueError, RecursionError) as error:
        sys.exit(refuse(f"the notebook cannot be read: {error}", UNREADABLE))
    json.dump(found, sys.stdout, allow_nan=False)


if __name__ == "__main__":
    main()
