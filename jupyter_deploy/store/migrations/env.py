"""Alembic's entry: run the migrations on the connection of `open_database`."""

from alembic import context

from jupyter_deploy.store.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transaction_per_migration=False,
)
context.run_migrations()
