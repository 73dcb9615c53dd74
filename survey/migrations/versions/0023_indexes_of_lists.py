"""Indexes that lists of submissions and of decisions are found by; doubts about what was never countersigned."""

import uuid

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

LIST = ("received_at", "instance_id", "review_state", "visit_id", "village_code", "form_id", "started_at")
WHO = ("lead_id", "second_id", "household_id", "assignment_id")
BY_VISIT = ("visit_id", "review_state", "received_at")


def upgrade() -> None:
    """Bring the schema to this revision."""
    op.create_index("ix_events_actor", "events", ["actor_id", "number"], unique=False)
    op.create_index("ix_events_action", "events", ["action", "actor_id", "happened_at"], unique=False)
    for name in ("ix_submissions_form_id", "ix_submissions_lead_id", "ix_submissions_received", "ix_submissions_visit_state"):
        op.drop_index(name, table_name="submissions")
    op.create_index("ix_submissions_list", "submissions", [*LIST, *WHO], unique=False)
    op.create_index("ix_submissions_visit_state", "submissions", [*BY_VISIT, "instance_id", "village_code", "form_id"], unique=False)
    _doubt_unsigned()


def _doubt_unsigned() -> None:
    """Raise the doubt that intake raises by now about interviews of a pair that nobody countersigned."""
    unsigned = sa.text(
        "SELECT instance_id FROM submissions JOIN visits ON visits.id = submissions.visit_id "
        "WHERE visits.records = 'paired' AND second_id IS NOT NULL AND review_state <> 'replaced' AND instance_id NOT IN "
        "(SELECT instance_id FROM countersignatures WHERE is_verified) AND instance_id NOT IN "
        "(SELECT instance_id FROM flags WHERE flags.\"check\" IN ('not_countersigned', 'countersign_unproven'))"
    )
    flags = sa.table("flags", *(sa.column(name, sa.String) for name in ("id", "instance_id", "check", "severity", "question", "value")))
    rows = [
        {"id": str(uuid.uuid4()), "instance_id": key, "check": "not_countersigned", "severity": "notice", "question": "", "value": ""}
        for key in op.get_bind().scalars(unsigned).all()
    ]
    if rows:
        op.bulk_insert(flags, rows)


def downgrade() -> None:
    """Take this revision back."""
    for name in ("ix_submissions_visit_state", "ix_submissions_list"):
        op.drop_index(name, table_name="submissions")
    op.create_index("ix_submissions_visit_state", "submissions", [*BY_VISIT], unique=False)
    op.create_index("ix_submissions_received", "submissions", ["received_at", "instance_id"], unique=False)
    op.create_index("ix_submissions_lead_id", "submissions", ["lead_id"], unique=False)
    op.create_index("ix_submissions_form_id", "submissions", ["form_id"], unique=False)
    for name in ("ix_events_action", "ix_events_actor"):
        op.drop_index(name, table_name="events")
