"""How a version is tried before it goes live, and what that came to."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    # Versions made before went live without being tried.
    op.add_column("versions", sa.Column("preflight", sa.JSON()))
    op.add_column("versions", sa.Column("tried", sa.JSON()))
