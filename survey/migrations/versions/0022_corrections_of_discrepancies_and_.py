"""Corrections of discrepancies and candidates raised by hand."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema to this revision."""
    op.create_table(
        "discrepancy_corrections",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("visit_id", sa.String(length=36), nullable=False),
        sa.Column("household_id", sa.String(length=36), nullable=False),
        sa.Column("item", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("found_kind", sa.String(length=16), nullable=False),
        sa.Column("told", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("corrected_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("corrected_by_id", sa.String(length=36), nullable=False),
        sa.CheckConstraint(
            "found_kind IN ('agrees', 'differs', 'missing', 'out_of_date', 'cannot_verify')",
            name=op.f("ck_discrepancy_corrections_found_kind"),
        ),
        sa.CheckConstraint(
            "kind IN ('agrees', 'differs', 'missing', 'out_of_date', 'cannot_verify')", name=op.f("ck_discrepancy_corrections_kind")
        ),
        sa.ForeignKeyConstraint(["corrected_by_id"], ["users.id"], name=op.f("fk_discrepancy_corrections_corrected_by_id")),
        sa.ForeignKeyConstraint(["household_id"], ["households.id"], name=op.f("fk_discrepancy_corrections_household_id")),
        sa.ForeignKeyConstraint(["visit_id"], ["visits.id"], name=op.f("fk_discrepancy_corrections_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_discrepancy_corrections")),
        sa.UniqueConstraint("visit_id", "household_id", "item", name=op.f("uq_discrepancy_corrections_visit_id_household_id_item")),
    )
    op.create_index(op.f("ix_discrepancy_corrections_household_id"), "discrepancy_corrections", ["household_id"])

    # With its reference in the same statement, the column needs no copy of the table on SQLite.
    op.execute(
        "ALTER TABLE issue_candidates ADD COLUMN raised_by_id VARCHAR(36) CONSTRAINT fk_issue_candidates_raised_by_id REFERENCES users (id)"
    )
    op.add_column("issue_candidates", sa.Column("comparison", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True))


def downgrade() -> None:
    """Take this revision back."""
    op.drop_column("issue_candidates", "comparison")
    op.drop_column("issue_candidates", "raised_by_id")
    op.drop_table("discrepancy_corrections")
