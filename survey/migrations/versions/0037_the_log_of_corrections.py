"""The log of corrections, which only grows."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

TABLES = ("corrections", "correction_withdrawals")
REFUSAL = "an entry of the log of corrections is neither changed nor deleted"


def upgrade() -> None:
    """Bring the schema to this revision."""
    op.create_table(
        "corrections",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("instance_id", sa.String(length=64), nullable=False),
        sa.Column("question", sa.String(length=128), nullable=False),
        sa.Column("node", sa.String(length=512), nullable=False),
        sa.Column("old", sa.Text(), nullable=False),
        sa.Column("new", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("corrected_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("corrected_by_id", sa.String(length=36), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_corrections_reason")),
        sa.CheckConstraint("old <> new", name=op.f("ck_corrections_changes")),
        sa.ForeignKeyConstraint(["corrected_by_id"], ["users.id"], name=op.f("fk_corrections_corrected_by_id")),
        sa.ForeignKeyConstraint(["instance_id"], ["submissions.instance_id"], name=op.f("fk_corrections_instance_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_corrections")),
    )
    op.create_index(op.f("ix_corrections_instance_id"), "corrections", ["instance_id"])
    op.create_table(
        "correction_withdrawals",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("correction_id", sa.String(length=36), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_by_id", sa.String(length=36), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_correction_withdrawals_reason")),
        sa.ForeignKeyConstraint(["correction_id"], ["corrections.id"], name=op.f("fk_correction_withdrawals_correction_id")),
        sa.ForeignKeyConstraint(["withdrawn_by_id"], ["users.id"], name=op.f("fk_correction_withdrawals_withdrawn_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction_withdrawals")),
        sa.UniqueConstraint("correction_id", name=op.f("uq_correction_withdrawals_correction_id")),
    )
    _keep_entries()


def downgrade() -> None:
    """Take this revision back."""
    op.drop_table("correction_withdrawals")
    op.drop_table("corrections")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION keep_corrections()")


def _keep_entries() -> None:
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    if is_postgresql:
        op.execute(f"CREATE FUNCTION keep_corrections() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$")
    for table in TABLES:
        if is_postgresql:
            op.execute(f"CREATE TRIGGER {table}_kept BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION keep_corrections()")
        else:
            for what in ("UPDATE", "DELETE"):
                op.execute(f"CREATE TRIGGER {table}_no_{what.lower()} BEFORE {what} ON {table} BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END")
