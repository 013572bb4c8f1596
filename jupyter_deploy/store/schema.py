"""Tables as they are after the newest migration."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator


class UtcDateTime(TypeDecorator[datetime]):
    """Aware datetimes in and out, UTC in the database on every dialect."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        value = value.astimezone(timezone.utc)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, _dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            return value.replace(tzinfo=timezone.utc)  # type: ignore[no-any-return]
        return value.astimezone(timezone.utc)  # type: ignore[no-any-return]


#: Runs and events are many; SQLite numbers rows only in a plain integer.
Number = BigInteger().with_variant(Integer, "sqlite")

metadata = MetaData()

deployments = Table(
    "deployments",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(64), nullable=False),
    Column("notebook", Text, nullable=False),
    Column("paused", Boolean, nullable=False),
    Column("live_version", Integer, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("deleted_at", UtcDateTime),
    Column("origin", Text),
)
Index(
    "one_deployment_per_name",
    deployments.c.name,
    unique=True,
    sqlite_where=text("deleted_at IS NULL"),
    postgresql_where=text("deleted_at IS NULL"),
)

versions = Table(
    "versions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("deployment_id", ForeignKey("deployments.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    Column("digest", String(71), nullable=False),
    Column("bundle", JSON, nullable=False),
    Column("parameters", JSON, nullable=False),
    Column("schedule", JSON(none_as_null=True)),
    Column("created_at", UtcDateTime, nullable=False),
    Column("created_by", Text),
    Column("policies", JSON(none_as_null=True)),
    Column("outputs", JSON(none_as_null=True)),
    Column("preflight", JSON(none_as_null=True)),
    Column("tried", JSON(none_as_null=True)),
    UniqueConstraint("deployment_id", "number", name="one_version_per_number"),
)

schedules = Table(
    "schedules",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("deployment_id", ForeignKey("deployments.id"), nullable=False, unique=True),
    Column("spec", JSON, nullable=False),
    Column("cursor", UtcDateTime, nullable=False),
    Column("next_due", UtcDateTime),
    Column("in_force", Boolean, nullable=False),
)
Index("schedules_by_next_due", schedules.c.in_force, schedules.c.next_due)

runs = Table(
    "runs",
    metadata,
    Column("id", Number, primary_key=True),
    Column("deployment", String(64), nullable=False),
    Column("deployment_id", ForeignKey("deployments.id"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("trigger", String(16), nullable=False),
    Column("state", String(16), nullable=False),
    Column("verdict", String(32)),
    Column("fault", String(16)),
    Column("reason", Text),
    Column("cell", Integer),
    Column("schedule_id", ForeignKey("schedules.id")),
    Column("due_at", UtcDateTime),
    Column("created_at", UtcDateTime, nullable=False),
    Column("created_by", Text),
    Column("started_at", UtcDateTime),
    Column("ended_at", UtcDateTime),
    Column("parameters", JSON, nullable=False),
    Column("fence", Integer, nullable=False),
    Column("cancel_requested", Boolean, nullable=False),
    Column("idempotency_key", String(200)),
    Column("progress", JSON(none_as_null=True)),
    Column("outputs", JSON, nullable=False),
    Column("not_before", UtcDateTime),
    Column("expires_at", UtcDateTime),
    Column("max_running", Integer),
    Column("priority", Integer, nullable=False, server_default=text("0")),
    Column("engine", String(32)),
    Column("why", Text),
    Column("pinned", Boolean, nullable=False, server_default=false()),
    Column("pruned_at", UtcDateTime),
    UniqueConstraint("schedule_id", "due_at", name="one_run_per_due_time"),
    UniqueConstraint("deployment_id", "idempotency_key", name="one_run_per_key"),
    sqlite_autoincrement=True,
)
Index("runs_by_deployment", runs.c.deployment, runs.c.id)
Index("runs_by_state", runs.c.state, runs.c.id)

attempts = Table(
    "attempts",
    metadata,
    Column("run_id", ForeignKey("runs.id"), primary_key=True),
    Column("fence", Integer, primary_key=True),
    Column("executor", String(64), nullable=False),
    Column("outcome", Text),
    Column("started_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    Column("engine", String(32)),
    Column("ledger", String(71)),
)

engines = Table(
    "engines",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("term", String(32), nullable=False),
    Column("host", Text, nullable=False),
    Column("pid", Integer, nullable=False),
    Column("since", UtcDateTime, nullable=False),
    Column("lease_until", UtcDateTime, nullable=False),
)

blobs = Table(
    "blobs",
    metadata,
    Column("digest", String(71), primary_key=True),
    Column("part", Integer, primary_key=True),
    Column("content", LargeBinary, nullable=False),
)

blob_uses = Table(
    "blob_uses",
    metadata,
    Column("owner", String(80), primary_key=True),
    Column("digest", String(71), primary_key=True),
)
Index("blob_uses_by_digest", blob_uses.c.digest)

#: NaN is NULL: SQLite knows no other.
metrics = Table(
    "metrics",
    metadata,
    Column("run_id", ForeignKey("runs.id"), primary_key=True),
    Column("name", String(200), primary_key=True),
    Column("value", Float),
    Column("unit", String(40)),
    Column("source", String(8), nullable=False),
    Column("cell", Integer),
)

#: What each cell of a run took, beside the runs so that listing them does not load it.
run_cells = Table(
    "run_cells",
    metadata,
    Column("run_id", ForeignKey("runs.id"), primary_key=True),
    Column("cells", JSON, nullable=False),
)

publications = Table(
    "publications",
    metadata,
    Column("id", Number, primary_key=True),
    Column("deployment_id", ForeignKey("deployments.id"), nullable=False),
    Column("run_id", ForeignKey("runs.id"), nullable=False, unique=True),
    Column("data_at", UtcDateTime, nullable=False),
    Column("published_at", UtcDateTime),
    Column("outputs", JSON, nullable=False),
    Column("problem", Text),
    sqlite_autoincrement=True,
)
Index("publications_by_time", publications.c.deployment_id, publications.c.data_at)
Index(
    "publications_waiting",
    publications.c.run_id,
    sqlite_where=text("published_at IS NULL"),
    postgresql_where=text("published_at IS NULL"),
)

tokens = Table(
    "tokens",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("deployment_id", ForeignKey("deployments.id"), nullable=False),
    Column("label", Text, nullable=False),
    Column("digest", String(71), nullable=False, unique=True),
    Column("created_at", UtcDateTime, nullable=False),
    Column("created_by", Text),
    Column("revoked_at", UtcDateTime),
    Column("used_at", UtcDateTime),
)

environments = Table(
    "environments",
    metadata,
    Column("digest", String(71), primary_key=True),
    Column("document", JSON, nullable=False),
)

events = Table(
    "events",
    metadata,
    Column("id", Number, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("kind", String(32), nullable=False),
    Column("deployment", String(64)),
    Column("run_id", Number),
    Column("state", String(16)),
    sqlite_autoincrement=True,
)
