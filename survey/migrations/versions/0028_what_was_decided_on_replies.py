"""What was decided on replies."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema to this revision."""
    op.create_table(
        "reply_decisions",
        sa.Column("reply_id", sa.String(length=36), nullable=False),
        sa.Column("decision", sa.String(length=8), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.String(length=36), nullable=False),
        sa.CheckConstraint("decision IN ('noted', 'accepted', 'declined')", name=op.f("ck_reply_decisions_decision")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["users.id"], name=op.f("fk_reply_decisions_decided_by_id")),
        sa.ForeignKeyConstraint(["reply_id"], ["issue_replies.id"], name=op.f("fk_reply_decisions_reply_id")),
        sa.PrimaryKeyConstraint("reply_id", name=op.f("pk_reply_decisions")),
    )


def downgrade() -> None:
    """Take this revision back."""
    op.drop_table("reply_decisions")
