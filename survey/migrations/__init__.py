"""Alembic's migrations. They may not import application code, so that an old migration keeps doing what it did."""
