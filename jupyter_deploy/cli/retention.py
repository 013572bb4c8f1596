"""Commands that delete the files of old runs, or keep them."""

from __future__ import annotations

import click

from jupyter_deploy.cli.common import Document, as_json, client, print_json, run_id
from jupyter_deploy.cli.render import moment, print_line, print_table, size
from jupyter_deploy.errors import InvalidInput


@click.command()
@click.option(
    "--older-than",
    type=click.IntRange(0, 36_500),
    metavar="DAYS",
    help="Of runs that ended so long ago; c.Deploy.retention_days by default.",
)
@click.option("--plan", "plans", is_flag=True, help="Only show what would be deleted.")
@as_json
def prune(older_than: int | None, plans: bool, as_json: bool) -> int:
    """Delete the outputs and ledgers of old runs; the runs themselves stay in the list.

    Never those of a pinned run, nor of the newest success of a deployment.

    Example: jupyter deploy prune --older-than 90 --plan
    """
    engine = client()
    found = engine.retention(older_than)
    if older_than is None and not found["older_than"]:
        raise InvalidInput(
            "How old may runs become? Nothing is configured.",
            field="older_than",
            hint="Say --older-than DAYS, or set c.Deploy.retention_days.",
        )
    if not plans:
        found = engine.prune(found["older_than"])
    if as_json:
        print_json(found)
    else:
        _show(found, plans)
    return 0


def _show(found: Document, plans: bool) -> None:
    if not found["runs"]:
        print_line(f"No run that ended more than {found['older_than']} days ago has files to lose.")
        return
    rows = [_row(run) for run in found["runs"]]
    print_table([">Run", "Deployment", "State", "Ended", ">Size"], rows)
    verb = "would go" if plans else "are deleted"
    whose = "1 run" if len(rows) == 1 else f"{len(rows)} runs"
    more = "; there are more" if found["more"] else ""
    print_line(f"The files of {whose} {verb}, {size(found['size'])} here{more}.")


def _row(run: Document) -> list[str]:
    ended, held = moment(run["ended_at"]), size(run["size"])
    return [str(run["id"]), run["deployment"], run["state"], ended, held]


@click.command()
@run_id
@as_json
def pin(run_id: int, as_json: bool) -> int:
    """Keep the outputs of a run for ever.

    Example: jupyter deploy pin 7
    """
    return _set(run_id, True, as_json)


@click.command()
@run_id
@as_json
def unpin(run_id: int, as_json: bool) -> int:
    """Let the outputs of a run go when they are old enough.

    Example: jupyter deploy unpin 7
    """
    return _set(run_id, False, as_json)


def _set(run_id: int, pinned: bool, as_json: bool) -> int:
    run = client().pin(run_id, pinned)
    if as_json:
        print_json(run)
    else:
        print_line(f"Run {run_id} is {'pinned' if pinned else 'no longer pinned'}.")
    return 0


COMMANDS = {"prune": prune, "pin": pin, "unpin": unpin}
