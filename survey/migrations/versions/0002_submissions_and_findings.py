"""What visits bring back: submissions, doubts and findings, reports."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ID = sa.String(36)
CODE = sa.String(12)
INSTANT = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
TABLES = ("submissions", "attachments", "flags", "quarantined_submissions", "issue_candidates", "reports")


def upgrade() -> None:
    """Make the tables, each after those that it refers to."""
    _make_submissions()
    _make_attachments_and_flags()
    _make_quarantine()
    _make_findings()


def downgrade() -> None:
    """Drop the tables, each before those that it refers to."""
    for table in reversed(TABLES):
        op.drop_table(table)


def _make_submissions() -> None:
    op.create_table(
        "submissions",
        sa.Column("instance_id", sa.String(64), nullable=False),
        sa.Column("deprecated_id", sa.String(64), nullable=True),
        sa.Column("form_id", sa.String(128), nullable=False),
        sa.Column("form_version", sa.String(64), nullable=False),
        sa.Column("questionnaire_version_id", ID, nullable=False),
        sa.Column("visit_id", ID, nullable=True),
        sa.Column("assignment_id", ID, nullable=True),
        sa.Column("household_id", ID, nullable=True),
        sa.Column("village_code", CODE, nullable=True),
        sa.Column("lead_id", ID, nullable=True),
        sa.Column("second_id", ID, nullable=True),
        sa.Column("received_from_id", ID, nullable=True),
        sa.Column("device_id", sa.String(64), nullable=False),
        sa.Column("started_at", INSTANT, nullable=True),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("received_at", INSTANT, nullable=False),
        sa.Column("review_state", sa.String(10), nullable=False),
        sa.Column("reviewed_at", INSTANT, nullable=True),
        sa.Column("reviewed_by_id", ID, nullable=True),
        sa.Column("review_reason", sa.Text(), nullable=False),
        sa.Column("answers", JSON, nullable=False),
        sa.Column("xml", sa.LargeBinary(), nullable=False),
        sa.Column("xml_sha256", sa.String(64), nullable=False),
        sa.CheckConstraint("review_state IN ('received', 'accepted', 'returned', 'replaced')", name="ck_submissions_review_state"),
        sa.ForeignKeyConstraint(["assignment_id"], ["assignments.id"], name="fk_submissions_assignment_id"),
        sa.ForeignKeyConstraint(["household_id"], ["households.id"], name="fk_submissions_household_id"),
        sa.ForeignKeyConstraint(["lead_id"], ["users.id"], name="fk_submissions_lead_id"),
        sa.ForeignKeyConstraint(
            ["questionnaire_version_id"], ["questionnaire_versions.id"], name="fk_submissions_questionnaire_version_id"
        ),
        sa.ForeignKeyConstraint(["received_from_id"], ["users.id"], name="fk_submissions_received_from_id"),
        sa.ForeignKeyConstraint(["reviewed_by_id"], ["users.id"], name="fk_submissions_reviewed_by_id"),
        sa.ForeignKeyConstraint(["second_id"], ["users.id"], name="fk_submissions_second_id"),
        sa.ForeignKeyConstraint(["village_code"], ["regions.code"], name="fk_submissions_village_code"),
        sa.ForeignKeyConstraint(["visit_id"], ["visits.id"], name="fk_submissions_visit_id"),
        sa.PrimaryKeyConstraint("instance_id", name="pk_submissions"),
    )
    op.create_index("ix_submissions_assignment_id", "submissions", ["assignment_id"])
    op.create_index("ix_submissions_deprecated_id", "submissions", ["deprecated_id"])
    op.create_index("ix_submissions_form_id", "submissions", ["form_id"])
    op.create_index("ix_submissions_household_id", "submissions", ["household_id"])
    op.create_index("ix_submissions_lead_id", "submissions", ["lead_id"])
    op.create_index("ix_submissions_received", "submissions", ["received_at", "instance_id"])
    op.create_index("ix_submissions_village_code", "submissions", ["village_code"])
    op.create_index("ix_submissions_visit_state", "submissions", ["visit_id", "review_state", "received_at"])


def _make_attachments_and_flags() -> None:
    op.create_table(
        "attachments",
        sa.Column("id", ID, nullable=False),
        sa.Column("instance_id", sa.String(64), nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("media_type", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(["instance_id"], ["submissions.instance_id"], name="fk_attachments_instance_id"),
        sa.PrimaryKeyConstraint("id", name="pk_attachments"),
        sa.UniqueConstraint("instance_id", "name", name="uq_attachments_instance_id_name"),
    )

    op.create_table(
        "flags",
        sa.Column("id", ID, nullable=False),
        sa.Column("instance_id", sa.String(64), nullable=False),
        sa.Column("check", sa.String(32), nullable=False),
        sa.Column("severity", sa.String(10), nullable=False),
        sa.Column("question", sa.String(128), nullable=False),
        sa.Column("value", sa.String(255), nullable=False),
        sa.ForeignKeyConstraint(["instance_id"], ["submissions.instance_id"], name="fk_flags_instance_id"),
        sa.PrimaryKeyConstraint("id", name="pk_flags"),
        sa.UniqueConstraint("instance_id", "check", "question", name="uq_flags_instance_id_check_question"),
    )
    op.create_index("ix_flags_check", "flags", ["check"])


def _make_quarantine() -> None:
    op.create_table(
        "quarantined_submissions",
        sa.Column("id", ID, nullable=False),
        sa.Column("instance_id", sa.String(64), nullable=False),
        sa.Column("form_id", sa.String(128), nullable=False),
        sa.Column("form_version", sa.String(64), nullable=False),
        sa.Column("xml", sa.LargeBinary(), nullable=False),
        sa.Column("xml_sha256", sa.String(64), nullable=False),
        sa.Column("findings", JSON, nullable=False),
        sa.Column("received_at", INSTANT, nullable=False),
        sa.Column("received_from_id", ID, nullable=True),
        sa.Column("assignment_id", sa.String(64), nullable=False),
        sa.Column("device_id", sa.String(64), nullable=False),
        sa.Column("files", JSON, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("settled_at", INSTANT, nullable=True),
        sa.Column("settled_by_id", ID, nullable=True),
        sa.Column("settled_reason", sa.Text(), nullable=False),
        sa.CheckConstraint("state IN ('waiting', 'admitted', 'settled')", name="ck_quarantined_submissions_state"),
        sa.ForeignKeyConstraint(["received_from_id"], ["users.id"], name="fk_quarantined_submissions_received_from_id"),
        sa.ForeignKeyConstraint(["settled_by_id"], ["users.id"], name="fk_quarantined_submissions_settled_by_id"),
        sa.PrimaryKeyConstraint("id", name="pk_quarantined_submissions"),
        sa.UniqueConstraint("xml_sha256", name="uq_quarantined_submissions_xml_sha256"),
    )
    op.create_index("ix_quarantined_state", "quarantined_submissions", ["state", "received_at"])
    op.create_index("ix_quarantined_submissions_instance_id", "quarantined_submissions", ["instance_id"])


def _make_findings() -> None:
    op.create_table(
        "issue_candidates",
        sa.Column("id", ID, nullable=False),
        sa.Column("rule", sa.String(64), nullable=False),
        sa.Column("title", JSON, nullable=False),
        sa.Column("area", sa.String(32), nullable=False),
        sa.Column("level", sa.String(12), nullable=False),
        sa.Column("severity", sa.String(12), nullable=False),
        sa.Column("instance_id", sa.String(64), nullable=False),
        sa.Column("visit_id", ID, nullable=True),
        sa.Column("village_code", CODE, nullable=True),
        sa.Column("household_id", ID, nullable=True),
        sa.Column("evidence", JSON, nullable=False),
        sa.Column("raised_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["household_id"], ["households.id"], name="fk_issue_candidates_household_id"),
        sa.ForeignKeyConstraint(["instance_id"], ["submissions.instance_id"], name="fk_issue_candidates_instance_id"),
        sa.ForeignKeyConstraint(["village_code"], ["regions.code"], name="fk_issue_candidates_village_code"),
        sa.ForeignKeyConstraint(["visit_id"], ["visits.id"], name="fk_issue_candidates_visit_id"),
        sa.PrimaryKeyConstraint("id", name="pk_issue_candidates"),
        sa.UniqueConstraint("instance_id", "rule", name="uq_issue_candidates_instance_id_rule"),
    )
    op.create_index("ix_issue_candidates_village_code", "issue_candidates", ["village_code"])
    op.create_index("ix_issue_candidates_visit_rule", "issue_candidates", ["visit_id", "rule"])

    op.create_table(
        "reports",
        sa.Column("id", ID, nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("title", sa.String(255), nullable=False),
        sa.Column("visit_id", ID, nullable=True),
        sa.Column("region_code", CODE, nullable=True),
        sa.Column("reported_on", sa.Date(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("created_by_id", ID, nullable=True),
        sa.Column("sha256", sa.String(64), nullable=True),
        sa.Column("dataset_hash", sa.String(64), nullable=True),
        sa.CheckConstraint("kind IN ('county', 'survey', 'theory')", name="ck_reports_kind"),
        sa.ForeignKeyConstraint(["created_by_id"], ["users.id"], name="fk_reports_created_by_id"),
        sa.ForeignKeyConstraint(["region_code"], ["regions.code"], name="fk_reports_region_code"),
        sa.ForeignKeyConstraint(["visit_id"], ["visits.id"], name="fk_reports_visit_id"),
        sa.PrimaryKeyConstraint("id", name="pk_reports"),
    )
    op.create_index("ix_reports_visit_id", "reports", ["visit_id"])
