"""Batches of reports."""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema to this revision."""
    op.create_table(
        "report_batches",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("visit_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("audience", sa.String(length=8), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("begun_by_id", sa.String(length=36), nullable=True),
        sa.ForeignKeyConstraint(["begun_by_id"], ["users.id"], name=op.f("fk_report_batches_begun_by_id")),
        sa.ForeignKeyConstraint(["visit_id"], ["visits.id"], name=op.f("fk_report_batches_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_batches")),
    )
    op.create_index(op.f("ix_report_batches_visit_id"), "report_batches", ["visit_id"], unique=False)

    op.create_table(
        "report_batch_drafts",
        sa.Column("batch_id", sa.String(length=36), nullable=False),
        sa.Column("region_code", sa.String(length=12), nullable=False),
        sa.Column("report_id", sa.String(length=36), nullable=True),
        sa.Column("failure", sa.Text(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["batch_id"], ["report_batches.id"], name=op.f("fk_report_batch_drafts_batch_id")),
        sa.ForeignKeyConstraint(["region_code"], ["regions.code"], name=op.f("fk_report_batch_drafts_region_code")),
        sa.ForeignKeyConstraint(["report_id"], ["reports.id"], name=op.f("fk_report_batch_drafts_report_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("batch_id", "region_code", name=op.f("pk_report_batch_drafts")),
    )
    op.create_index(op.f("ix_report_batch_drafts_report_id"), "report_batch_drafts", ["report_id"], unique=False)


def downgrade() -> None:
    """Take this revision back."""
    op.drop_table("report_batch_drafts")
    op.drop_table("report_batches")
