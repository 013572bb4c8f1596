"""python -m jupyter_deploy.publishing FOLDER: make what a deployment publishes, into the folder.

A process of its own: large notebooks then cost the engine neither memory nor time, and one that
brings it down does nobody harm. What to make comes as JSON on standard input, what was made
goes as JSON to standard output. Exit code 2: an output cannot be made, the sentence is on
standard error.
"""

from __future__ import annotations

import json
import resource
import signal
import sys
from contextlib import suppress
from pathlib import Path

from jupyter_deploy.publishing.making import make_all
from jupyter_deploy.publishing.material import ImpossibleError, Material

#: Bytes and seconds that publishing one run may take.
MEMORY = 4 * 1024**3
SECONDS = 900
IMPOSSIBLE = 2


def main(target: str) -> None:
    _limit()
    request = json.load(sys.stdin)
    try:
        made = make_all(Material.from_json(request), request["outputs"], Path(target))
    except ImpossibleError as error:
        sys.exit(_refuse(str(error)))
    except MemoryError:
        sys.exit(_refuse("The outputs are too large to be published."))
    json.dump({"outputs": made}, sys.stdout, allow_nan=False)


def _limit() -> None:
    signal.alarm(SECONDS)  # also when nobody waits for it any more
    highest = resource.getrlimit(resource.RLIMIT_AS)[1]
    with suppress(ValueError, OSError):  # macOS takes no such limit
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, highest))


def _refuse(sentence: str) -> int:
    print(sentence, file=sys.stderr)  # noqa: T201, it is the answer
    return IMPOSSIBLE


if __name__ == "__main__":
    main(*sys.argv[1:])
