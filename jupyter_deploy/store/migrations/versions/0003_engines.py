"""Several engines on one database; where a notebook lies, why a run is there, what is kept."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from jupyter_deploy.store.schema import UtcDateTime

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "engines",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("term", sa.String(32), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("pid", sa.Integer(), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("lease_until", UtcDateTime(), nullable=False),
    )
    op.create_table(
        "blobs",
        sa.Column("digest", sa.String(71), primary_key=True),
        sa.Column("part", sa.Integer(), primary_key=True),
        sa.Column("content", sa.LargeBinary(), nullable=False),
    )
    op.create_table(
        "blob_uses",
        sa.Column("owner", sa.String(80), primary_key=True),
        sa.Column("digest", sa.String(71), primary_key=True),
    )
    op.create_index("blob_uses_by_digest", "blob_uses", ["digest"])
    # Runs of before have no engine: the one that opens the database adopts them.
    op.add_column("runs", sa.Column("engine", sa.String(32)))
    op.add_column("attempts", sa.Column("engine", sa.String(32)))
    op.add_column("attempts", sa.Column("ledger", sa.String(71)))
    op.add_column("runs", sa.Column("why", sa.Text()))
    op.add_column(
        "runs", sa.Column("pinned", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.add_column("runs", sa.Column("pruned_at", UtcDateTime()))
    op.add_column("deployments", sa.Column("origin", sa.Text()))
