"""Policies on versions; when and beside how many others a run may start."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from jupyter_deploy.store.schema import UtcDateTime

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    # Versions made before have none and behave as usual.
    op.add_column("versions", sa.Column("policies", sa.JSON()))
    op.add_column("runs", sa.Column("not_before", UtcDateTime()))
    op.add_column("runs", sa.Column("expires_at", UtcDateTime()))
    op.add_column("runs", sa.Column("max_running", sa.Integer()))
    op.add_column(
        "runs",
        sa.Column("priority", sa.Integer(), nullable=False, server_default=sa.text("0")),
    )
