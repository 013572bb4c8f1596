"""Metrics and durations of cells; what is published, and who may read it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from jupyter_deploy.store.schema import Number, UtcDateTime

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "metrics",
        sa.Column("run_id", Number, sa.ForeignKey("runs.id"), primary_key=True),
        sa.Column("name", sa.String(200), primary_key=True),
        sa.Column("value", sa.Float()),
        sa.Column("unit", sa.String(40)),
        sa.Column("source", sa.String(8), nullable=False),
        sa.Column("cell", sa.Integer()),
    )
    op.create_table(
        "run_cells",
        sa.Column("run_id", Number, sa.ForeignKey("runs.id"), primary_key=True),
        sa.Column("cells", sa.JSON(), nullable=False),
    )
    op.create_table(
        "publications",
        sa.Column("id", Number, primary_key=True),
        sa.Column("deployment_id", sa.Integer(), sa.ForeignKey("deployments.id"), nullable=False),
        sa.Column("run_id", Number, sa.ForeignKey("runs.id"), nullable=False, unique=True),
        sa.Column("data_at", UtcDateTime(), nullable=False),
        sa.Column("published_at", UtcDateTime()),
        sa.Column("outputs", sa.JSON(), nullable=False),
        sa.Column("problem", sa.Text()),
        sqlite_autoincrement=True,
    )
    op.create_index("publications_by_time", "publications", ["deployment_id", "data_at"])
    op.create_index(
        "publications_waiting",
        "publications",
        ["run_id"],
        sqlite_where=sa.text("published_at IS NULL"),
        postgresql_where=sa.text("published_at IS NULL"),
    )
    op.add_column("versions", sa.Column("outputs", sa.JSON(none_as_null=True)))
    op.create_table(
        "tokens",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("deployment_id", sa.Integer(), sa.ForeignKey("deployments.id"), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(71), nullable=False, unique=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("created_by", sa.Text()),
        sa.Column("revoked_at", UtcDateTime()),
        sa.Column("used_at", UtcDateTime()),
    )
