"""Evidence that tells something else by now."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
WITHDRAWN = "withdrawn_at IS NOT NULL AND withdrawal_decided_at IS NULL"
DOUBTED = "(withdrawn_at IS NOT NULL OR changed_at IS NOT NULL) AND withdrawal_decided_at IS NULL"


def upgrade() -> None:
    """Bring the schema to this revision."""
    op.add_column("issue_evidence", sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("issue_evidence", sa.Column("told_now", JSON, nullable=True))
    _make_index(DOUBTED)


def downgrade() -> None:
    """Take this revision back."""
    _make_index(WITHDRAWN)
    op.drop_column("issue_evidence", "told_now")
    op.drop_column("issue_evidence", "changed_at")


def _make_index(condition: str) -> None:
    op.drop_index("ix_issue_evidence_withdrawn", table_name="issue_evidence")
    where = sa.text(condition)
    op.create_index("ix_issue_evidence_withdrawn", "issue_evidence", ["issue_id"], sqlite_where=where, postgresql_where=where)
