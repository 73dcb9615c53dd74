"""What lists of issues walk over."""

from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


LIST = ["state", "due_on", "county_code", "year", "sequence", "area", "severity", "visit_id", "author_id", "id"]


def upgrade() -> None:
    """Bring the schema to this revision."""
    op.drop_index("ix_issues_state_due", table_name="issues")
    op.create_index("ix_issues_list", "issues", LIST)
    op.create_index("ix_issues_same", "issues", ["county_code", "rule", "form_id", "state"])


def downgrade() -> None:
    """Take this revision back."""
    op.drop_index("ix_issues_same", table_name="issues")
    op.drop_index("ix_issues_list", table_name="issues")
    op.create_index("ix_issues_state_due", "issues", ["state", "due_on"])
