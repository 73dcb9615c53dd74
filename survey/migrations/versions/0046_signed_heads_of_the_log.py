"""Signed heads of the log."""

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema to this revision."""
    op.create_table(
        "signed_heads",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("event_number", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("log", sa.String(length=64), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("public_key", sa.String(length=64), nullable=False),
        sa.Column("signature", sa.String(length=128), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signed_heads")),
        sa.UniqueConstraint("event_number", "public_key", name=op.f("uq_signed_heads_event_number_public_key")),
    )
    op.create_index("ix_handed_events_subject", "handed_events", ["subject_type", "subject_id"], unique=False)


def downgrade() -> None:
    """Take this revision back."""
    op.drop_index("ix_handed_events_subject", table_name="handed_events")
    op.drop_table("signed_heads")
