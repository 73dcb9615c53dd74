"""What the page of a county counts by."""

from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

COLUMNS = ("county_code", "state", "area", "severity", "due_on", "state_since", "reported_at", "form_id", "rule", "id")


def upgrade() -> None:
    """Bring the schema to this revision."""
    op.create_index("ix_issues_county", "issues", COLUMNS)


def downgrade() -> None:
    """Take this revision back."""
    op.drop_index("ix_issues_county", table_name="issues")
