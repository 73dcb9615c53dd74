"""Encrypted telephone numbers."""

import sqlalchemy as sa
from alembic import op

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None

LENGTHS = {"users": 32, "contacts": 64, "experts": 64}
SEALED_LENGTH = 512


def upgrade() -> None:
    """Bring the schema to this revision. `init` then encrypts what is there, for which a migration has no key."""
    for table in LENGTHS:
        _resize(table, SEALED_LENGTH)


def downgrade() -> None:
    """Take this revision back; numbers that are encrypted by then stay so where the database does not cut them."""
    for table, length in LENGTHS.items():
        _resize(table, length)


def _resize(table: str, length: int) -> None:
    """Nothing; the column takes so many characters. SQLite cannot change a column, and a table that others refer to is not made anew."""
    if op.get_bind().dialect.name == "postgresql":
        op.alter_column(table, "phone", type_=sa.String(length=length), server_default="", postgresql_using=f"left(phone, {length})")
        return
    op.add_column(table, sa.Column("phone_resized", sa.String(length=length), nullable=False, server_default=""))
    op.execute(f"UPDATE {table} SET phone_resized = phone")
    op.drop_column(table, "phone")
    op.execute(f"ALTER TABLE {table} RENAME COLUMN phone_resized TO phone")
