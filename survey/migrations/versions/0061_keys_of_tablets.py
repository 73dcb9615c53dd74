"""Keys with which tablets send what they hold once their person's sign-in has ended."""

import sqlalchemy as sa
from alembic import op

revision = "0061"
down_revision = "0060"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema to this revision."""
    with op.batch_alter_table("api_tokens") as table:
        table.add_column(sa.Column("device_id", sa.String(64), nullable=True))
        table.create_foreign_key(op.f("fk_api_tokens_device_id_devices"), "devices", ["device_id"], ["id"])
        table.create_index(op.f("ix_api_tokens_device_id"), ["device_id"])


def downgrade() -> None:
    """Take this revision back."""
    with op.batch_alter_table("api_tokens") as table:
        table.drop_index(op.f("ix_api_tokens_device_id"))
        table.drop_constraint(op.f("fk_api_tokens_device_id_devices"), type_="foreignkey")
        table.drop_column("device_id")
