"""python -m jupyter_deploy.results A B: the difference of two executed notebooks as JSON.

A process of its own: large notebooks then cost the engine neither memory nor time.
Options come as JSON on standard input. What cannot be done is said on standard error, with
exit code 2 for a pattern that is none and 3 for a notebook that cannot be read.
"""

from __future__ import annotations

import json
import re
import resource
import sys
from contextlib import suppress
from pathlib import Path

from jupyter_deploy.results.cells import Results, read_results
from jupyter_deploy.results.compare import Options, compare, to_json

#: Bytes that comparing may take.
MEMORY = 4 * 1024**3
BAD_PATTERN, UNREADABLE = 2, 3


def main(old: str, new: str) -> None:
    _limit_memory()
    options = Options(**json.load(sys.stdin))
    a, b = _read(Path(old)), _read(Path(new))
    try:
        document = to_json(compare(a, b, options), options)
    except re.error as error:
        sys.exit(_refuse(f"a pattern to ignore cannot be read: {error}", BAD_PATTERN))
    except RecursionError:
        sys.exit(_refuse("its outputs are nested too deeply", UNREADABLE))
    document["cut"] = [a.cut, b.cut]
    json.dump(document, sys.stdout, allow_nan=False)


def _limit_memory() -> None:
    highest = resource.getrlimit(resource.RLIMIT_AS)[1]
    with suppress(ValueError, OSError):  # macOS takes no such limit
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, highest))


def _read(path: Path) -> Results:
    try:
        return read_results(path.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        sys.exit(_refuse(f"{path.name} cannot be read: {error}", UNREADABLE))


def _refuse(sentence: str, code: int) -> int:
    print(sentence, file=sys.stderr)  # noqa: T201, it is the answer
    return code


if __name__ == "__main__":
    main(*sys.argv[1:])
