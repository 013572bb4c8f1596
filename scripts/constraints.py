"""Write constraints.txt: the versions that `make test` is known to pass with."""

import re
import subprocess
import sys
from pathlib import Path

HEADER = "# The versions that `make test` passes with; `make constraints` writes this file.\n"
OWN = "jupyterlab-deploy"

frozen = subprocess.run(
    [sys.executable, "-m", "pip", "freeze", "--exclude-editable", "--exclude", OWN],
    check=True,
    capture_output=True,
    text=True,
).stdout
# Lines with an address or a path say where this machine has it from; they are nobody else's.
lines = [line for line in frozen.splitlines() if re.fullmatch(r"[\w.-]+==[\w.+!-]+", line)]
Path("constraints.txt").write_text(HEADER + "\n".join(lines) + "\n", encoding="utf-8")
print(f"constraints.txt: {len(lines)} packages")
