"""Keep a questionnaire's title in every language."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the titles; versions of before have none and are called by their one title."""
    json = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
    op.add_column("questionnaire_versions", sa.Column("titles", json, server_default="{}", nullable=False))


def downgrade() -> None:
    """Drop the titles."""
    op.drop_column("questionnaire_versions", "titles")
