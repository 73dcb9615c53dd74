"""Runs the migrations on the connection that `survey/schema.py` hands over in the configuration's attributes."""

from alembic import context

attributes = context.config.attributes
context.configure(
    connection=attributes["connection"],
    target_metadata=attributes.get("metadata"),
    render_item=attributes.get("render_item"),
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
