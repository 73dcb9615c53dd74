"""Files beside what a look-back found."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

BEFORE = ("verification_id", "reply_id", "evidence_id")
NAME = "ck_issue_files_beside_one"


def upgrade() -> None:
    """Bring the schema to this revision."""
    op.add_column("household_outcomes", sa.Column("known_at", sa.DateTime(timezone=True), nullable=True))
    # SQLite changes no check, so the table is made anew there.
    with op.batch_alter_table("issue_files") as batch_op:
        batch_op.add_column(sa.Column("outcome_id", sa.String(length=36), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_issue_files_outcome_id"), "household_outcomes", ["outcome_id"], ["id"])
        batch_op.drop_constraint(batch_op.f(NAME), type_="check")
        batch_op.create_check_constraint(batch_op.f(NAME), sa.text(_beside_one((*BEFORE, "outcome_id"))))
    op.create_index(op.f("ix_issue_files_outcome_id"), "issue_files", ["outcome_id"])


def downgrade() -> None:
    """Take this revision back."""
    op.execute("DELETE FROM issue_files WHERE outcome_id IS NOT NULL")
    op.drop_index(op.f("ix_issue_files_outcome_id"), table_name="issue_files")
    with op.batch_alter_table("issue_files") as batch_op:
        batch_op.drop_constraint(batch_op.f(NAME), type_="check")
        batch_op.drop_constraint(batch_op.f("fk_issue_files_outcome_id"), type_="foreignkey")
        batch_op.drop_column("outcome_id")
        batch_op.create_check_constraint(batch_op.f(NAME), sa.text(_beside_one(BEFORE)))
    op.drop_column("household_outcomes", "known_at")


def _beside_one(columns: tuple[str, ...]) -> str:
    return " + ".join(f"CASE WHEN {column} IS NULL THEN 0 ELSE 1 END" for column in columns) + " = 1"
