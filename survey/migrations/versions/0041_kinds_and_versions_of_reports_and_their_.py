"""Kinds and versions of reports, and their texts."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

KINDS = ("feedback", "visit", "village", "look_back", "quarter", "month", "year", "area", "method", "county", "survey", "theory")
KINDS_BEFORE = ("county", "survey", "theory")
ADDED = ("state_digest", "version", "subject", "parameters", "audience", "language")


def upgrade() -> None:
    """Bring the schema to this revision."""
    op.create_table(
        "report_texts",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("block", sa.String(length=64), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_by_id", sa.String(length=36), nullable=False),
        sa.CheckConstraint("body IS NULL OR body <> ''", name=op.f("ck_report_texts_body")),
        sa.CheckConstraint("language IN ('zh', 'en')", name=op.f("ck_report_texts_language")),
        sa.ForeignKeyConstraint(["saved_by_id"], ["users.id"], name=op.f("fk_report_texts_saved_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_texts")),
        sa.UniqueConstraint("block", "language", "version", name=op.f("uq_report_texts_block_language_version")),
    )
    with op.batch_alter_table("reports", schema=None) as batch_op:
        batch_op.add_column(sa.Column("language", sa.String(length=8), nullable=True))
        batch_op.add_column(sa.Column("audience", sa.String(length=8), server_default="inward", nullable=False))
        parameters = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
        batch_op.add_column(sa.Column("parameters", parameters, server_default="{}", nullable=False))
        batch_op.add_column(sa.Column("subject", sa.String(length=160), nullable=True))
        batch_op.add_column(sa.Column("version", sa.Integer(), server_default="1", nullable=False))
        batch_op.add_column(sa.Column("state_digest", sa.String(length=64), nullable=True))
        batch_op.alter_column("kind", existing_type=sa.String(length=12), type_=sa.String(length=24), existing_nullable=False)
        batch_op.create_index("ix_reports_subject", ["subject", "version"], unique=False)
        batch_op.drop_constraint(op.f("ck_reports_kind"), type_="check")
        batch_op.create_check_constraint(op.f("ck_reports_kind"), f"kind IN {KINDS}")
        batch_op.create_check_constraint(op.f("ck_reports_audience"), "audience IN ('inward', 'outward')")


def downgrade() -> None:
    """Take this revision back. Drafts of kinds that were not known before become county drafts, which they are nearest to."""
    op.execute(sa.text(f"UPDATE reports SET kind = 'county' WHERE kind NOT IN {KINDS_BEFORE}"))
    with op.batch_alter_table("reports", schema=None) as batch_op:
        batch_op.drop_index("ix_reports_subject")
        batch_op.drop_constraint(op.f("ck_reports_audience"), type_="check")
        batch_op.drop_constraint(op.f("ck_reports_kind"), type_="check")
        batch_op.create_check_constraint(op.f("ck_reports_kind"), f"kind IN {KINDS_BEFORE}")
        batch_op.alter_column("kind", existing_type=sa.String(length=24), type_=sa.String(length=12), existing_nullable=False)
    for name in ADDED:
        op.drop_column("reports", name)
    op.drop_table("report_texts")
