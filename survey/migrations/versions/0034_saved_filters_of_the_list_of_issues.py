"""Saved filters of the list of issues."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

UNDECIDED = "withdrawn_at IS NOT NULL AND withdrawal_decided_at IS NULL"


def upgrade() -> None:
    """Bring the schema to this revision."""
    op.create_table(
        "saved_filters",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("user_id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("parameters", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("is_shared", sa.Boolean(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("name <> ''", name=op.f("ck_saved_filters_name")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_saved_filters_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_filters")),
        sa.UniqueConstraint("user_id", "name", name=op.f("uq_saved_filters_user_id_name")),
    )
    op.create_table(
        "opening_filters",
        sa.Column("user_id", sa.String(length=36), nullable=False),
        sa.Column("filter_id", sa.String(length=36), nullable=True),
        sa.Column("ready", sa.String(length=24), nullable=True),
        sa.CheckConstraint("(filter_id IS NULL) <> (ready IS NULL)", name=op.f("ck_opening_filters_one")),
        sa.ForeignKeyConstraint(["filter_id"], ["saved_filters.id"], name=op.f("fk_opening_filters_filter_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_opening_filters_user_id")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_opening_filters")),
    )
    op.create_index(op.f("ix_opening_filters_filter_id"), "opening_filters", ["filter_id"])
    op.create_index(
        "ix_issue_evidence_withdrawn",
        "issue_evidence",
        ["issue_id"],
        sqlite_where=sa.text(UNDECIDED),
        postgresql_where=sa.text(UNDECIDED),
    )


def downgrade() -> None:
    """Take this revision back."""
    op.drop_index("ix_issue_evidence_withdrawn", table_name="issue_evidence")
    op.drop_table("opening_filters")
    op.drop_table("saved_filters")
