"""Reserves of villages in draws."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema to this revision."""
    op.create_table(
        "draw_village_replacements",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("draw_id", sa.String(length=36), nullable=False),
        sa.Column("village_code", sa.String(length=12), nullable=False),
        sa.Column("reserve_code", sa.String(length=12), nullable=True),
        sa.Column("reason", sa.String(length=12), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("replaced_by_id", sa.String(length=36), nullable=True),
        sa.Column("reverted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reverted_by_id", sa.String(length=36), nullable=True),
        sa.Column("revert_reason", sa.Text(), nullable=False),
        sa.CheckConstraint("reason IN ('cut_off', 'announced', 'resettled', 'other')", name=op.f("ck_draw_village_replacements_reason")),
        sa.ForeignKeyConstraint(["draw_id"], ["draws.id"], name=op.f("fk_draw_village_replacements_draw_id")),
        sa.ForeignKeyConstraint(["replaced_by_id"], ["users.id"], name=op.f("fk_draw_village_replacements_replaced_by_id")),
        sa.ForeignKeyConstraint(["reserve_code"], ["regions.code"], name=op.f("fk_draw_village_replacements_reserve_code")),
        sa.ForeignKeyConstraint(["reverted_by_id"], ["users.id"], name=op.f("fk_draw_village_replacements_reverted_by_id")),
        sa.ForeignKeyConstraint(["village_code"], ["regions.code"], name=op.f("fk_draw_village_replacements_village_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draw_village_replacements")),
    )
    with op.batch_alter_table("draw_village_replacements", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_draw_village_replacements_draw_id"), ["draw_id"], unique=False)

    with op.batch_alter_table("draw_villages", schema=None) as batch_op:
        batch_op.add_column(sa.Column("role", sa.String(length=8), server_default="drawn", nullable=False))
        batch_op.add_column(sa.Column("rank", sa.Integer(), server_default="0", nullable=False))


def downgrade() -> None:
    """Take this revision back."""
    op.drop_column("draw_villages", "rank")
    op.drop_column("draw_villages", "role")
    op.drop_table("draw_village_replacements")
