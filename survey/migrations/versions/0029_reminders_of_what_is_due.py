"""Reminders of what is due."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema to this revision."""
    op.create_table(
        "reminder_channels",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("style", sa.String(length=10), nullable=False),
        sa.Column("frequency", sa.String(length=8), nullable=False),
        sa.Column("region_code", sa.String(length=12), nullable=True),
        sa.Column("host", sa.String(length=255), nullable=False),
        sa.Column("sealed_address", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_secret", sa.LargeBinary(), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by_id", sa.String(length=36), nullable=False),
        sa.CheckConstraint("frequency IN ('daily', 'weekly', 'never')", name=op.f("ck_reminder_channels_frequency")),
        sa.CheckConstraint("style IN ('wecom', 'dingtalk', 'generic')", name=op.f("ck_reminder_channels_style")),
        sa.ForeignKeyConstraint(["added_by_id"], ["users.id"], name=op.f("fk_reminder_channels_added_by_id")),
        sa.ForeignKeyConstraint(["region_code"], ["regions.code"], name=op.f("fk_reminder_channels_region_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder_channels")),
    )
    op.create_table(
        "reminder_preferences",
        sa.Column("user_id", sa.String(length=36), nullable=False),
        sa.Column("frequency", sa.String(length=8), nullable=False),
        sa.Column("calendar_sha256", sa.String(length=64), nullable=True),
        sa.CheckConstraint("frequency IN ('daily', 'weekly', 'never')", name=op.f("ck_reminder_preferences_frequency")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_reminder_preferences_user_id")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_reminder_preferences")),
        sa.UniqueConstraint("calendar_sha256", name=op.f("uq_reminder_preferences_calendar_sha256")),
    )
    op.create_table(
        "reminders",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("user_id", sa.String(length=36), nullable=True),
        sa.Column("channel_id", sa.String(length=36), nullable=True),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("n_items", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("n_tries", sa.Integer(), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("problem", sa.String(length=500), nullable=False),
        sa.CheckConstraint("(user_id IS NULL) <> (channel_id IS NULL)", name=op.f("ck_reminders_one_recipient")),
        sa.CheckConstraint("sent_at IS NULL OR next_try_at IS NULL", name=op.f("ck_reminders_sent_once")),
        sa.ForeignKeyConstraint(["channel_id"], ["reminder_channels.id"], name=op.f("fk_reminders_channel_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_reminders_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminders")),
        sa.UniqueConstraint("channel_id", "day", name=op.f("uq_reminders_channel_id_day")),
        sa.UniqueConstraint("user_id", "day", name=op.f("uq_reminders_user_id_day")),
    )
    op.create_index("ix_reminders_next_try", "reminders", ["next_try_at"])


def downgrade() -> None:
    """Take this revision back."""
    op.drop_table("reminders")
    op.drop_table("reminder_preferences")
    op.drop_table("reminder_channels")
