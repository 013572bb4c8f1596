"""python -m jupyter_deploy.results A B: the difference of two executed notebooks as JSON.

A process of its own: large notebooks then cost the engine neither memory nor time.
Options and changed files come as JSON on standard input. What cannot be done is said on
standard error, with exit code 2 for a pattern that is none and 3 for a notebook that cannot
be read.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

from jupyter_deploy.results.cells import Results, read_results
from jupyter_deploy.results.compare import Options, compare, to_json
from jupyter_deploy.results.inputs import describe
from jupyter_deploy.results.process import BAD_PATTERN, UNREADABLE, limit_memory, refuse


def main(old: str, new: str) -> None:
    limit_memory()
    question = json.load(sys.stdin)
    files = question.pop("files", [])
    options = Options(**question)
    a, b = _read(Path(old)), _read(Path(new))
    try:
        document = to_json(compare(a, b, options), options)
    except re.error as error:
        sys.exit(refuse(f"a pattern to ignore cannot be read: {error}", BAD_PATTERN))
    except RecursionError:
        sys.exit(refuse("its outputs are nested too deeply", UNREADABLE))
    document["cut"] = [a.cut, b.cut]
    document["inputs"] = describe(files)
    json.dump(document, sys.stdout, allow_nan=False)


def _read(path: Path) -> Results:
    try:
        return read_results(path.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        sys.exit(refuse(f"{path.name} cannot be read: {error}", UNREADABLE))


if __name__ == "__main__":
    main(*sys.argv[1:])
