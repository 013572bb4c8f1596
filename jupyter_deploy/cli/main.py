"""The command group, and how errors reach the terminal.

Exit codes: 0 done, 1 the run or check failed, 2 wrong use, 3 engine unreachable.
"""

from __future__ import annotations

import io
import json
import sys
import traceback
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from jupyter_deploy import __version__
from jupyter_deploy.cli.common import StoppedError, no_color
from jupyter_deploy.errors import DeployError, InvalidInput

#: command → module below `jupyter_deploy.cli`, loaded when it is used, and its line of help
_COMMANDS = {
    "notebook": ("deploying", "Deploy a notebook: capture it and make it live."),
    "check": ("checking", "Say what would fail in production, and change it where you agree."),
    "apply": ("applying", "Deploy what a project's schedules/ folder describes."),
    "list": ("deployments", "Show all deployments."),
    "show": ("deployments", "Show one deployment: what is live, when it runs next."),
    "versions": ("versions", "Show all versions of a deployment, or what changed."),
    "run": ("runs", "Start a run now."),
    "runs": ("runs", "Show runs, newest first."),
    "logs": ("runs", "Show what a run did, also while it runs."),
    "output": ("outputs", "Get the executed notebook, its page or another output."),
    "diff": ("diffing", "Show what changed in the results between two runs."),
    "history": ("history", "Show since when a deployment fails, and each cell over its runs."),
    "metrics": ("metrics", "Show the metrics of a deployment over its runs."),
    "why": ("explaining", "Say why a run failed."),
    "cancel": ("runs", "Stop a queued or running run."),
    "retry": ("runs", "Run what a run ran once more."),
    "endpoints": ("endpoints", "Show where published outputs are, with a ready curl line."),
    "token": ("tokens", "Tokens that open what a deployment publishes."),
    "secret": ("secrets", "Passwords and tokens that runs get as variables."),
    "prune": ("retention", "Delete the outputs of old runs, or show what would go."),
    "pin": ("retention", "Keep the outputs of a run for ever."),
    "unpin": ("retention", "Let the outputs of a run go when they are old enough."),
    "pause": ("deployments", "Stop a schedule for a while."),
    "resume": ("deployments", "Take a schedule up again."),
    "delete": ("deployments", "Take a deployment out of production."),
    "engine": ("engine", "The process that keeps schedules and runs."),
    "doctor": ("doctor", "Check the installation and say what to do."),
}


class Commands(click.Group):
    """Loads a command's module only when it is asked for: `--help` stays quick."""

    def list_commands(self, _context: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, _context: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        loaded = import_module(f"jupyter_deploy.cli.{_COMMANDS[cmd_name][0]}")
        found: click.Command = loaded.COMMANDS[cmd_name]
        return found

    def format_commands(self, _context: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in _COMMANDS.items()])


@click.group(
    cls=Commands,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, prog_name="jupyter deploy")
@click.pass_context
def cli(context: click.Context) -> None:
    """Take notebooks to production.

    \b
    jupyter deploy notebook report.ipynb --cron "0 6 * * mon-fri" --timezone Europe/Berlin
    jupyter deploy run report --wait
    jupyter deploy output 1 --format html -o report.html

    Every command prints one JSON document with --json. Exit codes: 0 done, 1 the
    run or check failed, 2 wrong use, 3 the engine cannot be reached.
    """
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


def main() -> None:
    """Entry point of `jupyter deploy` and `jupyter-deploy`."""
    # jsonschema would compile this optional module's grammar of IRIs for more than a second.
    # Nothing that a command or the engine checks holds an IRI.
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a plain terminal gets ? for what it cannot show
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Carry out a command line and return its exit code."""
    try:
        code = _invoke(arguments)
    except DeployError as error:
        return _report(error, "--json" in arguments)
    return code if isinstance(code, int) else 0


def _invoke(arguments: list[str]) -> Any:
    """Raises nothing but DeployError, for whatever goes wrong."""
    color = False if no_color() else None
    try:
        return cli.main(arguments, "jupyter deploy", standalone_mode=False, color=color)
    except DeployError:
        raise
    except click.Abort:
        raise StoppedError("Stopped.") from None
    except click.ClickException as error:
        raise InvalidInput(error.format_message(), hint=_usage(error)) from error
    except Exception as error:
        raise _unexpected(error) from error


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
        return error.exit_code
    color = False if no_color() else None
    if not isinstance(error, StoppedError):
        click.secho("Error: ", fg="red", bold=True, nl=False, err=True, color=color)
    click.echo(error.message, err=True)
    if error.hint:
        click.echo(f"Hint:  {error.hint}", err=True)
    return error.exit_code


def _unexpected(error: Exception) -> DeployError:
    """A fault of ours: one sentence for the user, the traceback into a file."""
    from jupyter_core.paths import jupyter_data_dir

    log = Path(jupyter_data_dir()) / "deploy" / "cli.log"
    try:
        log.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with open(log, "a", encoding="utf-8", errors="replace") as file:
            traceback.print_exception(error, file=file)
    except OSError:
        return DeployError(f"Something went wrong: {error!r}.")
    return DeployError(
        f"Something went wrong in jupyter deploy itself ({type(error).__name__}).",
        hint=f"The details are in {log}.",
    )
