"""Reads of personal data, retention, and erasure, which the log of corrections allows."""

import sqlalchemy as sa
from alembic import op

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None


TOMBSTONE = "〔已删除〕"
REFUSAL = "an entry of the log of corrections is neither changed nor deleted"
KEPT = ("id", "instance_id", "question", "node", "corrected_at", "corrected_by_id")
ANSWERS = f"(NEW.old = '{TOMBSTONE}' AND NEW.new = '' OR NEW.old = OLD.old AND NEW.new = OLD.new)"
ERASING = " AND ".join((ANSWERS, f"NEW.reason = '{TOMBSTONE}'", *(f"NEW.{name} = OLD.{name}" for name in KEPT)))
"""The one change that an entry takes: what it says of a person is erased, and that it was made stays."""


def upgrade() -> None:
    """Bring the schema to this revision."""
    op.create_table(
        "personal_reads",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("user_id", sa.String(length=36), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("page", sa.String(length=64), nullable=False),
        sa.Column("address", sa.String(length=255), nullable=False),
        sa.Column("n_names", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_personal_reads_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_personal_reads")),
    )
    op.create_index("ix_personal_reads_read_at", "personal_reads", ["read_at", "id"], unique=False)
    op.create_index("ix_personal_reads_user", "personal_reads", ["user_id", "read_at"], unique=False)
    op.create_table(
        "visit_retentions",
        sa.Column("visit_id", sa.String(length=36), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("keep_until", sa.Date(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.String(length=36), nullable=True),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["decided_by_id"], ["users.id"], name=op.f("fk_visit_retentions_decided_by_id")),
        sa.ForeignKeyConstraint(["visit_id"], ["visits.id"], name=op.f("fk_visit_retentions_visit_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("visit_id", name=op.f("pk_visit_retentions")),
    )
    op.create_table(
        "erasure_requests",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("household_id", sa.String(length=36), nullable=False),
        sa.Column("member_id", sa.String(length=36), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by_id", sa.String(length=36), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.String(length=36), nullable=True),
        sa.Column("is_erased", sa.Boolean(), nullable=True),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_erasure_requests_reason")),
        sa.CheckConstraint("(decided_at IS NULL) = (is_erased IS NULL)", name=op.f("ck_erasure_requests_decided")),
        sa.CheckConstraint("decided_by_id IS NULL OR decided_by_id <> asked_by_id", name=op.f("ck_erasure_requests_four_eyes")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["users.id"], name=op.f("fk_erasure_requests_asked_by_id")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["users.id"], name=op.f("fk_erasure_requests_decided_by_id")),
        sa.ForeignKeyConstraint(["household_id"], ["households.id"], name=op.f("fk_erasure_requests_household_id")),
        sa.ForeignKeyConstraint(["member_id"], ["household_members.id"], name=op.f("fk_erasure_requests_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure_requests")),
    )
    op.create_index("ix_erasure_requests_waiting", "erasure_requests", ["decided_at", "asked_at"], unique=False)
    _keep_entries(but=f"WHEN (NOT ({ERASING})) ")


def downgrade() -> None:
    """Take this revision back."""
    _keep_entries(but="")
    op.drop_index("ix_erasure_requests_waiting", table_name="erasure_requests")
    op.drop_table("erasure_requests")
    op.drop_table("visit_retentions")
    op.drop_index("ix_personal_reads_user", table_name="personal_reads")
    op.drop_index("ix_personal_reads_read_at", table_name="personal_reads")
    op.drop_table("personal_reads")


def _keep_entries(but: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER corrections_kept ON corrections")
        op.execute("DROP TRIGGER IF EXISTS corrections_no_delete ON corrections")
        op.execute(f"CREATE TRIGGER corrections_kept BEFORE UPDATE ON corrections FOR EACH ROW {but}EXECUTE FUNCTION keep_corrections()")
        op.execute("CREATE TRIGGER corrections_no_delete BEFORE DELETE ON corrections FOR EACH ROW EXECUTE FUNCTION keep_corrections()")
        return
    op.execute("DROP TRIGGER corrections_no_update")
    op.execute(f"CREATE TRIGGER corrections_no_update BEFORE UPDATE ON corrections {but}BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END")
