"""An index of what the responsible side of a place sees."""

from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema to this revision."""
    op.drop_index("ix_issues_responsible_code", table_name="issues")
    op.create_index("ix_issues_responsible", "issues", ["responsible_code", "state", "due_on", "number", "id"])


def downgrade() -> None:
    """Take this revision back."""
    op.drop_index("ix_issues_responsible", table_name="issues")
    op.create_index("ix_issues_responsible_code", "issues", ["responsible_code"])
