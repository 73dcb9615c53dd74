"""Indexes of the page of a county."""

from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

NEW = (
    ("ix_issue_evidence_standing", "issue_evidence", ("issue_id", "withdrawn_at", "village_code")),
    ("ix_issue_replies_issue", "issue_replies", ("issue_id", "replied_at", "id")),
    ("ix_issue_steps_action", "issue_steps", ("issue_id", "action", "number")),
    (
        "ix_issues_county",
        "issues",
        ("county_code", "state", "area", "severity", "due_on", "state_since", "reported_at", "year", "sequence", "id"),
    ),
    ("ix_issues_same", "issues", ("county_code", "rule", "form_id", "year", "sequence", "state", "id")),
)
OLD = (
    ("ix_issue_evidence_issue_id", "issue_evidence", ("issue_id",)),
    ("ix_issue_replies_issue_id", "issue_replies", ("issue_id",)),
    (
        "ix_issues_county",
        "issues",
        ("county_code", "state", "area", "severity", "due_on", "state_since", "reported_at", "form_id", "rule", "id"),
    ),
    ("ix_issues_same", "issues", ("county_code", "rule", "form_id", "state")),
)


def upgrade() -> None:
    """Bring the schema to this revision."""
    _replace(OLD, NEW)


def downgrade() -> None:
    """Take this revision back."""
    _replace(NEW, OLD)


def _replace(old: tuple[tuple[str, str, tuple[str, ...]], ...], new: tuple[tuple[str, str, tuple[str, ...]], ...]) -> None:
    for name, table, _columns in old:
        op.drop_index(name, table_name=table)
    for name, table, columns in new:
        op.create_index(name, table, columns)
