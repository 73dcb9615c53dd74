"""Indexes that progress is counted from."""

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

PROGRESS = (
    "visit_id",
    "review_state",
    "village_code",
    "form_id",
    "recorded_as",
    "assignment_id",
    "household_id",
    "instance_id",
    "started_at",
    "ended_at",
)


def upgrade() -> None:
    """Bring the schema to this revision."""
    op.create_index("ix_submissions_progress", "submissions", list(PROGRESS), unique=False)
    op.create_index("ix_submissions_answered", "submissions", ["assignment_id", "recorded_as", "review_state", "received_at"], unique=False)


def downgrade() -> None:
    """Take this revision back."""
    op.drop_index("ix_submissions_answered", table_name="submissions")
    op.drop_index("ix_submissions_progress", table_name="submissions")
