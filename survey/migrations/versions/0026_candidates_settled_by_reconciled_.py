"""Candidates settled by reconciled answers."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema to this revision."""
    op.add_column("issue_candidates", sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("issue_candidates", sa.Column("originals", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True))


def downgrade() -> None:
    """Take this revision back."""
    op.drop_column("issue_candidates", "originals")
    op.drop_column("issue_candidates", "withdrawn_at")
