"""What exports are planned from."""

from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

COLUMNS = (
    "received_at",
    "instance_id",
    "review_state",
    "visit_id",
    "village_code",
    "form_id",
    "started_at",
    "lead_id",
    "second_id",
    "household_id",
    "assignment_id",
)


def upgrade() -> None:
    """Bring the schema to this revision."""
    op.drop_index("ix_submissions_list", table_name="submissions")
    op.create_index("ix_submissions_list", "submissions", [*COLUMNS, "recorded_as", "questionnaire_version_id"])


def downgrade() -> None:
    """Take this revision back."""
    op.drop_index("ix_submissions_list", table_name="submissions")
    op.create_index("ix_submissions_list", "submissions", COLUMNS)
