"""House styles."""

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema to this revision."""
    op.create_table(
        "house_styles",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by_id", sa.String(length=36), nullable=True),
        sa.Column("put_aside_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("language IN ('zh', 'en')", name=op.f("ck_house_styles_language")),
        sa.ForeignKeyConstraint(["added_by_id"], ["users.id"], name=op.f("fk_house_styles_added_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_house_styles")),
    )
    op.create_index("ix_house_styles_used", "house_styles", ["language", "put_aside_at", "added_at"], unique=False)


def downgrade() -> None:
    """Take this revision back."""
    op.drop_table("house_styles")
