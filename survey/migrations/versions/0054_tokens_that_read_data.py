"""Tokens that read data."""

import sqlalchemy as sa
from alembic import op

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None

SCOPES = ("submit", "handover")


def upgrade() -> None:
    """Bring the schema to this revision."""
    _set_scopes((*SCOPES, "read"))


def downgrade() -> None:
    """Take this revision back; the tokens that read data go with it."""
    tokens = sa.table("api_tokens", sa.column("scope", sa.String))
    op.execute(tokens.delete().where(tokens.c.scope.not_in(SCOPES)))
    _set_scopes(SCOPES)


def _set_scopes(scopes: tuple[str, ...]) -> None:
    with op.batch_alter_table("api_tokens", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_api_tokens_scope"), type_="check")
        batch_op.create_check_constraint(op.f("ck_api_tokens_scope"), f"scope IN {scopes}")
