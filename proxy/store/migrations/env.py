"""Alembic's entry point: uses the connection that `migrate` put into the configuration."""

from alembic import context

from proxy.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite cannot alter a column in place
)
context.run_migrations()
