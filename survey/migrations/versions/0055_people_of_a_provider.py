"""People of a provider."""

import sqlalchemy as sa
from alembic import op

revision = "0055"
down_revision = "0054"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema to this revision."""
    op.create_table(
        "openid_accounts",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("issuer", sa.String(length=255), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("user_id", sa.String(length=36), nullable=False),
        sa.Column("told_name", sa.String(length=128), nullable=False),
        sa.Column("bound_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("bound_by_id", sa.String(length=36), nullable=True),
        sa.ForeignKeyConstraint(["bound_by_id"], ["users.id"], name=op.f("fk_openid_accounts_bound_by_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_openid_accounts_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_openid_accounts")),
        sa.UniqueConstraint("issuer", "subject", name=op.f("uq_openid_accounts_issuer_subject")),
    )
    with op.batch_alter_table("openid_accounts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_openid_accounts_user_id"), ["user_id"], unique=False)

    op.create_table(
        "openid_arrivals",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("account_id", sa.String(length=36), nullable=False),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sealed_token", sa.Text(), nullable=False),
        sa.Column("is_vouched", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["openid_accounts.id"], name=op.f("fk_openid_arrivals_account_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_openid_arrivals")),
    )
    with op.batch_alter_table("openid_arrivals", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_openid_arrivals_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_openid_arrivals_arrived_at"), ["arrived_at"], unique=False)

    op.add_column("sign_ins", sa.Column("arrival_id", sa.String(length=36), nullable=True))


def downgrade() -> None:
    """Take this revision back."""
    op.drop_column("sign_ins", "arrival_id")
    with op.batch_alter_table("openid_arrivals", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_openid_arrivals_arrived_at"))
        batch_op.drop_index(batch_op.f("ix_openid_arrivals_account_id"))

    op.drop_table("openid_arrivals")
    with op.batch_alter_table("openid_accounts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_openid_accounts_user_id"))

    op.drop_table("openid_accounts")
