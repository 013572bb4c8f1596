"""The command that checks an installation."""

from __future__ import annotations

from dataclasses import asdict

import click

from jupyter_deploy.cli.check import Check
from jupyter_deploy.cli.checks import CHECKS
from jupyter_deploy.cli.common import as_json, print_json
from jupyter_deploy.cli.render import print_line
from jupyter_deploy.config import load_settings
from jupyter_deploy.errors import InvalidInput

_ICONS = {"ok": ("✓", "green"), "warn": ("!", "yellow"), "fail": ("✗", "red")}


@click.command()
@as_json
def doctor(as_json: bool) -> int:
    """Check the installation and say what to do.

    The exit code is 1 if anything is broken.

    Example: jupyter deploy doctor
    """
    checks = _checks()
    if as_json:
        print_json({"checks": [asdict(check) for check in checks]})
    else:
        for check in checks:
            print_line(_ICONS[check.state], f" {check.name:<16} {check.message}")
            if check.fix:
                print_line(f"  {'':<16} → {check.fix}")
    return 1 if any(check.state == "fail" for check in checks) else 0


def _checks() -> list[Check]:
    try:
        settings = load_settings()
    except InvalidInput as error:  # nothing else can be looked at
        return [Check("configuration", "fail", error.message, error.hint)]
    return [Check("configuration", "ok", "read"), *(check(settings) for check in CHECKS)]


COMMANDS = {"doctor": doctor}
