"""How long each question of an interview was in hand."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema to this revision."""
    op.create_table(
        "answer_times",
        sa.Column("instance_id", sa.String(length=64), nullable=False),
        sa.Column("seconds", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(["instance_id"], ["submissions.instance_id"], name=op.f("fk_answer_times_instance_id")),
        sa.PrimaryKeyConstraint("instance_id", name=op.f("pk_answer_times")),
    )


def downgrade() -> None:
    """Take this revision back."""
    op.drop_table("answer_times")
