"""Decisions about two records and tolerances of visits."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema to this revision."""
    op.create_table(
        "visit_tolerances",
        sa.Column("visit_id", sa.String(length=36), nullable=False),
        sa.Column("number_percent", sa.Double(), nullable=False),
        sa.Column("date_days", sa.Integer(), nullable=False),
        sa.Column("time_minutes", sa.Integer(), nullable=False),
        sa.Column("position_m", sa.Double(), nullable=False),
        sa.Column("is_text_loose", sa.Boolean(), nullable=False),
        sa.Column("exact_names", sa.Text(), nullable=False),
        sa.CheckConstraint("date_days >= 0 AND time_minutes >= 0 AND position_m >= 0", name=op.f("ck_visit_tolerances_not_negative")),
        sa.CheckConstraint("number_percent >= 0 AND number_percent <= 100", name=op.f("ck_visit_tolerances_number_percent")),
        sa.ForeignKeyConstraint(["visit_id"], ["visits.id"], name=op.f("fk_visit_tolerances_visit_id")),
        sa.PrimaryKeyConstraint("visit_id", name=op.f("pk_visit_tolerances")),
    )
    op.create_table(
        "reconciliations",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("visit_id", sa.String(length=36), nullable=False),
        sa.Column("lead_instance_id", sa.String(length=64), nullable=False),
        sa.Column("second_instance_id", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("begun_by_id", sa.String(length=36), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_by_id", sa.String(length=36), nullable=True),
        sa.Column("n_compared", sa.Integer(), nullable=True),
        sa.Column("n_agreeing", sa.Integer(), nullable=True),
        sa.Column("answers", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.CheckConstraint("state IN ('open', 'finished')", name=op.f("ck_reconciliations_state")),
        sa.CheckConstraint("lead_instance_id <> second_instance_id", name=op.f("ck_reconciliations_two_records")),
        sa.ForeignKeyConstraint(["begun_by_id"], ["users.id"], name=op.f("fk_reconciliations_begun_by_id")),
        sa.ForeignKeyConstraint(["finished_by_id"], ["users.id"], name=op.f("fk_reconciliations_finished_by_id")),
        sa.ForeignKeyConstraint(["lead_instance_id"], ["submissions.instance_id"], name=op.f("fk_reconciliations_lead_instance_id")),
        sa.ForeignKeyConstraint(["second_instance_id"], ["submissions.instance_id"], name=op.f("fk_reconciliations_second_instance_id")),
        sa.ForeignKeyConstraint(["visit_id"], ["visits.id"], name=op.f("fk_reconciliations_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reconciliations")),
        sa.UniqueConstraint("lead_instance_id", "second_instance_id", name=op.f("uq_reconciliations_lead_instance_id_second_instance_id")),
    )
    op.create_index(op.f("ix_reconciliations_second_instance_id"), "reconciliations", ["second_instance_id"], unique=False)
    op.create_index(op.f("ix_reconciliations_visit_id"), "reconciliations", ["visit_id"], unique=False)
    op.create_table(
        "reconciled_answers",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("reconciliation_id", sa.String(length=36), nullable=False),
        sa.Column("node", sa.String(length=512), nullable=False),
        sa.Column("choice", sa.String(length=5), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.String(length=36), nullable=True),
        sa.CheckConstraint("choice IN ('left', 'right', 'other')", name=op.f("ck_reconciled_answers_choice")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["users.id"], name=op.f("fk_reconciled_answers_decided_by_id")),
        sa.ForeignKeyConstraint(["reconciliation_id"], ["reconciliations.id"], name=op.f("fk_reconciled_answers_reconciliation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reconciled_answers")),
        sa.UniqueConstraint("reconciliation_id", "node", name=op.f("uq_reconciled_answers_reconciliation_id_node")),
    )


def downgrade() -> None:
    """Take this revision back."""
    op.drop_table("reconciled_answers")
    op.drop_table("reconciliations")
    op.drop_table("visit_tolerances")
