"""How replies came, and what was decided on them."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema to this revision."""
    with op.batch_alter_table("issue_replies", schema=None) as batch_op:
        batch_op.add_column(sa.Column("way", sa.String(length=8), server_default="account", nullable=False))
        batch_op.add_column(sa.Column("written_on", sa.Date(), nullable=True))
        batch_op.create_check_constraint(op.f("ck_issue_replies_way"), "way IN ('account', 'letter', 'ledger')")
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
    with op.batch_alter_table("issue_replies", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_issue_replies_way"), type_="check")
    op.drop_column("issue_replies", "written_on")
    op.drop_column("issue_replies", "way")
