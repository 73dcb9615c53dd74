"""Encrypted names, and who was erased."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
LENGTHS = {
    ("households", "head_name"): 64,
    ("household_members", "name"): 64,
    ("flags", "value"): 255,
    ("recovered_interviews", "title"): 255,
}

TOMBSTONE = "〔已删除〕"
REFUSAL = "an entry of the log of corrections is neither changed nor deleted"
KEPT = " AND ".join(f"NEW.{name} = OLD.{name}" for name in ("id", "instance_id", "question", "node", "corrected_at", "corrected_by_id"))
ANSWERS = f"(NEW.old = '{TOMBSTONE}' AND NEW.new = '' OR NEW.old = OLD.old AND NEW.new = OLD.new)"
ERASING = f"{ANSWERS} AND NEW.reason = '{TOMBSTONE}' AND {KEPT}"
SEALED = " AND ".join(f"(NEW.{name} = OLD.{name} OR substr(NEW.{name}, 1, 9) = '$sealed1$')" for name in ("old", "new"))
SEALING = f"{SEALED} AND NEW.reason = OLD.reason AND {KEPT}"
"""The changes that an entry takes: what it says of a person is erased, or encrypted with another key; that it was made stays."""


def upgrade() -> None:
    """Bring the schema to this revision. `init` then encrypts what is there, for which a migration has no key."""
    _keep_entries(f"({ERASING}) OR ({SEALING})")
    for table, name in LENGTHS:
        _change(table, name, sa.Text(), name)
    op.create_table(
        "erased_people",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("visit_id", sa.String(length=36), nullable=True),
        sa.Column("household_id", sa.String(length=36), nullable=True),
        sa.Column("member_id", sa.String(length=36), nullable=True),
        sa.Column("village_code", sa.String(length=12), nullable=True),
        sa.Column("name_hash", sa.String(length=64), nullable=False),
        sa.Column("id_number_hash", sa.String(length=64), nullable=True),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erased_people")),
    )
    op.create_index("ix_erased_people_village", "erased_people", ["village_code"], unique=False)
    op.add_column("erasure_requests", sa.Column("follow_up", JSON, nullable=False, server_default="[]"))
    op.add_column("visit_retentions", sa.Column("told_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Take this revision back; what is encrypted by then stays so where the database does not cut it."""
    op.drop_column("visit_retentions", "told_at")
    op.drop_column("erasure_requests", "follow_up")
    op.drop_index("ix_erased_people_village", table_name="erased_people")
    op.drop_table("erased_people")
    _keep_entries(ERASING)
    for (table, name), length in LENGTHS.items():
        _change(table, name, sa.String(length=length), f"left({name}, {length})")


def _change(table: str, name: str, kind: sa.types.TypeEngine[str], told: str) -> None:
    """Nothing; the column is of this type. SQLite cannot change a column, and a table that others refer to is not made anew."""
    if op.get_bind().dialect.name == "postgresql":
        op.alter_column(table, name, type_=kind, server_default="", postgresql_using=told)
        return
    op.add_column(table, sa.Column(f"{name}_sealed", kind, nullable=False, server_default=""))
    op.execute(f"UPDATE {table} SET {name}_sealed = {name}")
    op.drop_column(table, name)
    op.execute(f"ALTER TABLE {table} RENAME COLUMN {name}_sealed TO {name}")


def _keep_entries(but: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER corrections_kept ON corrections")
        told = f"CREATE TRIGGER corrections_kept BEFORE UPDATE ON corrections FOR EACH ROW WHEN (NOT ({but})) "
        op.execute(f"{told}EXECUTE FUNCTION keep_corrections()")
        return
    op.execute("DROP TRIGGER corrections_no_update")
    told = f"CREATE TRIGGER corrections_no_update BEFORE UPDATE ON corrections WHEN (NOT ({but})) "
    op.execute(f"{told}BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END")
