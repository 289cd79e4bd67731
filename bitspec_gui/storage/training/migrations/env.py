"""Run by Alembic: migrates the connection that `storage.opening` hands over, in its transaction."""

from alembic import context

from bitspec_gui.storage.training.schema import TrainingBase

# SQLite cannot alter most of a table in place; batch mode copies it.
context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=TrainingBase.metadata,
    render_as_batch=True,
    transactional_ddl=True,
)
context.run_migrations()
