"""What a provider ended, and how long first passwords are good."""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from alembic import op

revision = "0059"
down_revision = "0058"
branch_labels = None
depends_on = None

DAYS = 7
"""So long first passwords that were given before are good still."""


def upgrade() -> None:
    """Bring the schema to this revision."""
    op.create_table(
        "openid_logouts",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_openid_logouts")),
    )
    op.create_index("ix_openid_logouts_received_at", "openid_logouts", ["received_at"])
    op.add_column("openid_arrivals", sa.Column("provider_session", sa.String(length=255), server_default="", nullable=False))
    op.add_column("openid_arrivals", sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_openid_arrivals_provider_session", "openid_arrivals", ["provider_session"])
    op.add_column("users", sa.Column("first_password_until", sa.DateTime(timezone=True), nullable=True))
    users = sa.table(
        "users", sa.column("must_change_password", sa.Boolean()), sa.column("first_password_until", sa.DateTime(timezone=True))
    )
    until = datetime.now(UTC) + timedelta(days=DAYS)
    op.execute(users.update().where(users.c.must_change_password).values(first_password_until=until))


def downgrade() -> None:
    """Take this revision back."""
    op.drop_column("users", "first_password_until")
    op.drop_index("ix_openid_arrivals_provider_session", table_name="openid_arrivals")
    op.drop_column("openid_arrivals", "ended_at")
    op.drop_column("openid_arrivals", "provider_session")
    op.drop_index("ix_openid_logouts_received_at", table_name="openid_logouts")
    op.drop_table("openid_logouts")
