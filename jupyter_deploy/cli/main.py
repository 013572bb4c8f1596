"""The command group, and how errors reach the terminal.

Exit codes: 0 done, 1 the run or check failed, 2 wrong use, 3 engine unreachable.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from importlib import import_module
from pathlib import Path

import click

from jupyter_deploy import __version__
from jupyter_deploy.errors import DeployError, InvalidInput

#: command → module below `jupyter_deploy.cli`, loaded when it is used
_COMMANDS = {
    "notebook": "deploying",
    "apply": "deploying",
    "list": "deployments",
    "show": "deployments",
    "versions": "deployments",
    "pause": "deployments",
    "resume": "deployments",
    "delete": "deployments",
    "run": "runs",
    "runs": "runs",
    "logs": "runs",
    "output": "runs",
    "cancel": "runs",
    "engine": "engine",
    "doctor": "doctor",
}


class Commands(click.Group):
    """Loads a command's module only when it is asked for: `--help` stays quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        module = _COMMANDS.get(cmd_name)
        if module is None:
            return None
        loaded = import_module(f"jupyter_deploy.cli.{module}")
        found: click.Command = loaded.COMMANDS[cmd_name]
        return found


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="jupyter deploy")
def cli() -> None:
    """Take notebooks to production.

    \b
    jupyter deploy notebook report.ipynb --cron "0 6 * * mon-fri" --timezone Europe/Berlin
    jupyter deploy run report --wait
    jupyter deploy output 1 --format html -o report.html
    """


def main() -> None:
    """Entry point of `jupyter deploy` and `jupyter-deploy`."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Carry out a command line and return its exit code."""
    as_json = "--json" in arguments
    try:
        code = cli.main(
            args=arguments, prog_name="jupyter deploy", standalone_mode=False
        )
    except click.exceptions.Exit as end:
        return end.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("Stopped.", err=True)
        return 130
    except click.ClickException as error:
        return _report(
            InvalidInput(error.format_message(), hint=_usage(error)), as_json
        )
    except DeployError as error:
        return _report(error, as_json)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception:
        return _report(_unexpected(), as_json)
    return code if isinstance(code, int) else 0


def _usage(error: click.ClickException) -> str | None:
    context = getattr(error, "ctx", None)
    return f"See `{context.command_path} --help`." if context else None


def _report(error: DeployError, as_json: bool) -> int:
    if as_json:
        document = {
            "type": error.kind,
            "message": error.message,
            "field": error.field,
            "hint": error.hint,
        }
        click.echo(json.dumps({"error": document}))
    else:
        click.secho("Error: ", fg="red", bold=True, nl=False, err=True)
        click.echo(error.message, err=True)
        if error.hint:
            click.echo(f"Hint:  {error.hint}", err=True)
    return error.exit_code


def _unexpected() -> DeployError:
    """A fault of ours: one sentence for the user, the traceback into a file."""
    from jupyter_core.paths import jupyter_data_dir

    log = Path(jupyter_data_dir()) / "deploy" / "cli.log"
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        with open(log, "a", encoding="utf-8") as file:
            traceback.print_exc(file=file)
    except OSError:
        return DeployError(f"Something went wrong: {sys.exc_info()[1]}")
    return DeployError(
        "Something went wrong in jupyter deploy itself.", hint=f"Details: {log}"
    )
