"""`make demo`: deploy this project's schedules/, run them, show what came out, open JupyterLab.

Everything is kept in .demo/ below this folder; your own Jupyter and its deployments stay as they
are.
Without a terminal, or with CI=true, it ends after the report: exit code 0 when every run succeeded.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / ".demo"
DEPLOY = (sys.executable, "-m", "jupyter_deploy")
#: The side panel's widget, which the first start of JupyterLab shows instead of the file browser.
PANEL = "jupyter-deploy-panel"


def main() -> int:
    os.environ |= {
        "JUPYTER_DATA_DIR": str(HOME / "data"),
        "JUPYTER_CONFIG_DIR": str(HOME / "config"),
        "IPYTHONDIR": str(HOME / "ipython"),
    }
    HOME.mkdir(exist_ok=True)
    os.chdir(ROOT)
    interactive = sys.stdout.isatty() and sys.stdin.isatty() and not os.environ.get("CI")
    try:
        print("\nDeploying what schedules/ describes and running each once\n", flush=True)
        code = subprocess.run([*DEPLOY, "apply", ".", "--run"], check=False).returncode
        if code in (0, 1):  # 1: a run failed
            report()
        code = code or compare()
        if code == 0 and interactive:
            open_lab()
    except KeyboardInterrupt:
        print()
    finally:
        # Schedules keep an engine alive; the demo leaves nothing running behind.
        subprocess.run([*DEPLOY, "engine", "stop"], check=False, stdout=subprocess.DEVNULL)
    if code == 0:
        print(f"\nDeployments, runs and settings of the demo are in {HOME.name}/; `make demo` "
              "again goes on with them, `make clean` removes them.")  # fmt: skip
    return code


def report() -> None:
    """The last run of each deployment and the files it left."""
    command = [*DEPLOY, "runs", "--limit", "20", "--json"]
    answer = subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout
    last: dict[str, dict[str, Any]] = {}
    for run in json.loads(answer)["runs"]:  # newest first
        last.setdefault(run["deployment"], run)
    table = Table("Run", "Deployment", "State", "Took", "Parameters", "Outputs", box=SIMPLE_HEAD)
    for name, run in sorted(last.items()):
        values = "\n".join(f"{key}={value}" for key, value in run["parameters"].items())
        files = "\n".join(f"{out['name']}, {out['size'] / 1000:.1f} kB" for out in run["outputs"])
        took = f"{run['duration'] or 0:.1f} s"
        table.add_row(str(run["id"]), name, run["state"], took, values, files, end_section=True)
    Console(width=None if sys.stdout.isatty() else 120).print(table)
    if "diabetes-report" not in last:
        return
    print(
        "The report as a page:\n\n  JUPYTER_DATA_DIR=.demo/data .venv/bin/jupyter deploy output"
        f" {last['diabetes-report']['id']} --format html -o report.html"
    )


def compare() -> int:
    """One more run, of the next batch, and what changed in its results."""
    print("\nScoring the next batch, to see what changes\n", flush=True)
    command = [*DEPLOY, "run", "score-biopsies", "-p", "batch=3", "--wait"]
    code = subprocess.run(command, check=False).returncode
    return code or subprocess.run([*DEPLOY, "diff", "score-biopsies"], check=False).returncode


def open_lab() -> None:
    """JupyterLab on the panel, until Ctrl-C."""
    settings = HOME / "config" / "lab" / "user-settings" / "@jupyterlab" / "apputils-extension"
    if not settings.exists():
        settings.mkdir(parents=True)
        quiet = {"fetchNews": "false", "checkForUpdates": False}
        (settings / "notification.jupyterlab-settings").write_text(json.dumps(quiet))
        show_panel()
    print("\nOpening JupyterLab on the Deployments panel; Ctrl-C ends it and the demo's engine.\n")
    command = [shutil.which("jupyter") or "jupyter", "lab", f"--ServerApp.root_dir={ROOT}"]
    if os.geteuid() == 0:
        command.append("--allow-root")
    subprocess.run(command, check=False)


def show_panel() -> None:
    """A workspace in which the panel is open; later the newcomer's own arrangement stays."""
    layout = {
        "main": {"dock": None},
        "left": {"collapsed": False, "visible": True, "current": PANEL, "widgets": [PANEL]},
    }
    workspace = {"data": {"layout-restorer:data": layout}, "metadata": {"id": "default"}}
    path = HOME / "workspace.json"
    path.write_text(json.dumps(workspace))
    command = [sys.executable, "-m", "jupyter", "lab", "workspaces", "import", str(path)]
    subprocess.run(command, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


if __name__ == "__main__":
    sys.exit(main())
