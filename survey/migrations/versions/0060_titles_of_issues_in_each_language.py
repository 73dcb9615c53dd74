"""Titles of issues in each language."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0060"
down_revision = "0059"
branch_labels = None
depends_on = None

TEXTS = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    """Bring the schema to this revision."""
    op.add_column("issues", sa.Column("titles", TEXTS, server_default=sa.text("'{}'"), nullable=False))
    issues = sa.table("issues", sa.column("title"), sa.column("titles", TEXTS))
    candidates = sa.table("issue_candidates", sa.column("title", TEXTS))
    # What a rule says of an issue in every language; titles that somebody chose stay as they are.
    for titles in op.get_bind().scalars(sa.select(candidates.c.title).distinct()).all():
        op.execute(issues.update().where(issues.c.title.in_(titles.values())).values(titles=titles))


def downgrade() -> None:
    """Take this revision back."""
    op.drop_column("issues", "titles")
