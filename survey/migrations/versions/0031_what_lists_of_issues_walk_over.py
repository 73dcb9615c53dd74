"""What lists of issues walk over."""

from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema to this revision."""
    with op.batch_alter_table("issues", schema=None) as batch_op:
        batch_op.create_index(
            "ix_issues_list",
            ["county_code", "state", "due_on", "area", "severity", "visit_id", "author_id", "year", "sequence", "id"],
            unique=False,
        )
        batch_op.create_index("ix_issues_same", ["county_code", "rule", "form_id", "state"], unique=False)


def downgrade() -> None:
    """Take this revision back."""
    with op.batch_alter_table("issues", schema=None) as batch_op:
        batch_op.drop_index("ix_issues_same")
        batch_op.drop_index("ix_issues_list")
