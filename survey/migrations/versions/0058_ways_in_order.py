"""Interviews in the order of somebody's way, and one question for the end of the log."""

from alembic import op

revision = "0058"
down_revision = "0057"
branch_labels = None
depends_on = None

HOLD_CHAIN = """CREATE FUNCTION hold_chain() RETURNS text LANGUAGE plpgsql AS $$ BEGIN
PERFORM pg_advisory_xact_lock(5021969);
RETURN (SELECT digest FROM events ORDER BY number DESC LIMIT 1);
END $$"""


def upgrade() -> None:
    """Bring the schema to this revision."""
    for name in ("lead", "device"):
        op.create_index(f"ix_submissions_{name}_way", "submissions", [f"{name}_id", "started_at", "instance_id"], if_not_exists=True)
        op.drop_index(f"ix_submissions_{name}_started", table_name="submissions")
    # `ix_submissions_answered` begins with the same column.
    op.drop_index("ix_submissions_assignment_id", table_name="submissions")
    if op.get_bind().dialect.name == "postgresql":
        op.execute(HOLD_CHAIN)


def downgrade() -> None:
    """Take this revision back."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION hold_chain()")
    op.create_index("ix_submissions_assignment_id", "submissions", ["assignment_id"])
    for name in ("lead", "device"):
        op.create_index(f"ix_submissions_{name}_started", "submissions", [f"{name}_id", "started_at"])
        op.drop_index(f"ix_submissions_{name}_way", table_name="submissions")
