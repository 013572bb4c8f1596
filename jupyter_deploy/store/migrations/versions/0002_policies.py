"""Retries, limits, priorities: policies on versions, and when and where runs may start.

Revision ID: 0002
Revises: 0001
"""

import json

import sqlalchemy as sa
from alembic import op

from jupyter_deploy.store.schema import UtcDateTime

revision = "0002"
down_revision = "0001"

#: What versions made before had without saying so.
_USUAL = {
    "retry": {"attempts": 1, "backoff": 60.0, "on": ["infrastructure", "lost"]},
    "timeout": {"run": None, "cell": None, "queue": None, "kernel_start": 60.0},
    "max_running": None,
    "priority": 0,
}


def upgrade() -> None:
    with op.batch_alter_table("versions") as table:
        table.add_column(sa.Column("policies", sa.JSON()))
    op.execute(
        sa.text("UPDATE versions SET policies = :usual").bindparams(usual=json.dumps(_USUAL))
    )
    with op.batch_alter_table("versions") as table:
        table.alter_column("policies", existing_type=sa.JSON(), nullable=False)
    with op.batch_alter_table("runs") as table:
        table.add_column(sa.Column("not_before", UtcDateTime()))
        table.add_column(sa.Column("expires_at", UtcDateTime()))
        table.add_column(sa.Column("max_running", sa.Integer()))
        table.add_column(
            sa.Column("priority", sa.Integer(), nullable=False, server_default=sa.text("0"))
        )
