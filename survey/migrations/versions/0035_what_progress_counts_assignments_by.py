"""What progress counts assignments by."""

from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema to this revision."""
    op.create_index("ix_assignments_progress", "assignments", ["visit_id", "village_code", "pair_id", "form_id", "household_id", "id"])
    op.drop_index("ix_assignments_visit_id", table_name="assignments")


def downgrade() -> None:
    """Take this revision back."""
    op.create_index("ix_assignments_visit_id", "assignments", ["visit_id"])
    op.drop_index("ix_assignments_progress", table_name="assignments")
