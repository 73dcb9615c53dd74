"""Outcomes of assignments, quotas of visits, and households that are new to a look-back."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema to this revision."""
    op.create_table(
        "visit_quotas",
        sa.Column("visit_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("n_wanted", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('registered', 'lifted_out', 'marginal', 'ordinary', 'cadre', 'work_team')", name=op.f("ck_visit_quotas_kind")
        ),
        sa.CheckConstraint("n_wanted > 0", name=op.f("ck_visit_quotas_n_wanted")),
        sa.ForeignKeyConstraint(["visit_id"], ["visits.id"], name=op.f("fk_visit_quotas_visit_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("visit_id", "kind", name=op.f("pk_visit_quotas")),
    )
    op.create_table(
        "look_back_additions",
        sa.Column("visit_id", sa.String(length=36), nullable=False),
        sa.Column("household_id", sa.String(length=36), nullable=False),
        sa.Column("reason", sa.String(length=12), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by_id", sa.String(length=36), nullable=True),
        sa.CheckConstraint("reason IN ('new_arrival', 'newly_found')", name=op.f("ck_look_back_additions_reason")),
        sa.ForeignKeyConstraint(["added_by_id"], ["users.id"], name=op.f("fk_look_back_additions_added_by_id")),
        sa.ForeignKeyConstraint(["household_id"], ["households.id"], name=op.f("fk_look_back_additions_household_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["visit_id"], ["visits.id"], name=op.f("fk_look_back_additions_visit_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("visit_id", "household_id", name=op.f("pk_look_back_additions")),
    )
    op.create_table(
        "assignment_outcomes",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("assignment_id", sa.String(length=36), nullable=False),
        sa.Column("outcome", sa.String(length=12), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.String(length=36), nullable=True),
        sa.Column("instance_id", sa.String(length=64), nullable=True),
        sa.CheckConstraint(
            "outcome IN ('moved', 'died', 'refused', 'absent', 'not_found', 'taken_back')", name=op.f("ck_assignment_outcomes_outcome")
        ),
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["assignments.id"], name=op.f("fk_assignment_outcomes_assignment_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["instance_id"], ["submissions.instance_id"], name=op.f("fk_assignment_outcomes_instance_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["users.id"], name=op.f("fk_assignment_outcomes_recorded_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment_outcomes")),
    )
    with op.batch_alter_table("assignment_outcomes", schema=None) as batch_op:
        batch_op.create_index("ix_assignment_outcomes_assignment", ["assignment_id", "recorded_at"], unique=False)


def downgrade() -> None:
    """Take this revision back."""
    op.drop_table("assignment_outcomes")
    op.drop_table("look_back_additions")
    op.drop_table("visit_quotas")
