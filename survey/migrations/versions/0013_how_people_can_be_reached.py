"""How people can be reached."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema to this revision."""
    with op.batch_alter_table("users", schema=None) as batch_op:
        batch_op.add_column(sa.Column("phone", sa.String(length=32), server_default="", nullable=False))
        batch_op.add_column(sa.Column("contact_email", sa.String(length=255), server_default="", nullable=False))


def downgrade() -> None:
    """Take this revision back."""
    op.drop_column("users", "contact_email")
    op.drop_column("users", "phone")
