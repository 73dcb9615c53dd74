"""Issues with their evidence, verifications, replies, outcomes and history, which nobody changes afterwards."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

REFUSAL = "a step of an issue is neither changed nor deleted"


def upgrade() -> None:
    """Bring the schema to this revision."""
    _make_issues()
    _make_issue_replies()
    _make_issue_steps()
    _make_verifications()
    _make_household_outcomes()
    _make_issue_evidence()
    _make_issue_files()
    _keep_steps()


def downgrade() -> None:
    """Take this revision back."""
    op.drop_table("issue_files")
    op.drop_table("issue_evidence")
    op.drop_table("household_outcomes")
    op.drop_table("verifications")
    op.drop_table("issue_steps")
    op.drop_table("issue_replies")
    op.drop_table("issues")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION keep_issue_steps")


def _make_issues() -> None:
    op.create_table(
        "issues",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.String(length=24), nullable=False),
        sa.Column("county_code", sa.String(length=6), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("finding", sa.Text(), nullable=False),
        sa.Column("area", sa.String(length=32), nullable=False),
        sa.Column("level", sa.String(length=12), nullable=False),
        sa.Column("severity", sa.String(length=12), nullable=False),
        sa.Column("place_code", sa.String(length=12), nullable=False),
        sa.Column("visit_id", sa.String(length=36), nullable=True),
        sa.Column("form_id", sa.String(length=128), nullable=True),
        sa.Column("rule", sa.String(length=64), nullable=True),
        sa.Column("attribution", sa.String(length=12), nullable=True),
        sa.Column("scope", sa.String(length=12), nullable=True),
        sa.Column("scope_reason", sa.Text(), nullable=False),
        sa.Column("basis", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("recommendation", sa.Text(), nullable=False),
        sa.Column("responsible_body", sa.String(length=128), nullable=False),
        sa.Column("responsible_code", sa.String(length=12), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("escalated_to", sa.String(length=12), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("state_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("n_steps", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.String(length=36), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("merged_into_id", sa.String(length=36), nullable=True),
        *_issue_rules(),
    )
    op.create_index(op.f("ix_issues_author_id"), "issues", ["author_id"])
    op.create_index(op.f("ix_issues_merged_into_id"), "issues", ["merged_into_id"])
    op.create_index("ix_issues_place", "issues", ["place_code", "state"])
    op.create_index(op.f("ix_issues_responsible_code"), "issues", ["responsible_code"])
    op.create_index("ix_issues_rule", "issues", ["form_id", "rule"])
    op.create_index("ix_issues_state_due", "issues", ["state", "due_on"])
    op.create_index(op.f("ix_issues_visit_id"), "issues", ["visit_id"])


def _issue_rules() -> tuple[sa.Constraint, ...]:
    return (
        sa.CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name=op.f("ck_issues_closed")),
        sa.CheckConstraint("(state = 'merged') = (merged_into_id IS NOT NULL) AND merged_into_id <> id", name=op.f("ck_issues_merged")),
        sa.CheckConstraint(
            "area IN ('health', 'education', 'industry', 'housing', 'funds', 'responsibility', 'conduct', 'water', "
            "'safety_net', 'identification', 'other')",
            name=op.f("ck_issues_area"),
        ),
        sa.CheckConstraint("attribution IN ('planned', 'local', 'above')", name=op.f("ck_issues_attribution")),
        sa.CheckConstraint("level IN ('household', 'village', 'township', 'county', 'city', 'province')", name=op.f("ck_issues_level")),
        sa.CheckConstraint("scope IN ('single', 'several', 'general')", name=op.f("ck_issues_scope")),
        sa.CheckConstraint("severity IN ('low', 'medium', 'high', 'acute')", name=op.f("ck_issues_severity")),
        sa.CheckConstraint(
            "state IN ('raised', 'verified', 'partly_verified', 'refuted', 'reported', 'rectifying', 'rectified', "
            "'closed', 'not_fixed', 'reopened', 'merged')",
            name=op.f("ck_issues_state"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('reported', 'rectifying', 'rectified', 'closed', 'not_fixed', 'reopened') OR (reported_at IS "
            "NOT NULL AND recommendation <> '' AND responsible_body <> '' AND due_on IS NOT NULL AND attribution IS NOT "
            "NULL AND scope IS NOT NULL)",
            name=op.f("ck_issues_reported"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('verified', 'partly_verified', 'reported', 'rectifying', 'rectified', 'closed', 'not_fixed', "
            "'reopened') OR verified_at IS NOT NULL",
            name=op.f("ck_issues_verified"),
        ),
        sa.ForeignKeyConstraint(["author_id"], ["users.id"], name=op.f("fk_issues_author_id")),
        sa.ForeignKeyConstraint(["merged_into_id"], ["issues.id"], name=op.f("fk_issues_merged_into_id")),
        sa.ForeignKeyConstraint(["place_code"], ["regions.code"], name=op.f("fk_issues_place_code")),
        sa.ForeignKeyConstraint(["responsible_code"], ["regions.code"], name=op.f("fk_issues_responsible_code")),
        sa.ForeignKeyConstraint(["visit_id"], ["visits.id"], name=op.f("fk_issues_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issues")),
        sa.UniqueConstraint("county_code", "year", "sequence", name=op.f("uq_issues_county_code_year_sequence")),
        sa.UniqueConstraint("id", "author_id", name=op.f("uq_issues_id_author_id")),
        sa.UniqueConstraint("number", name=op.f("uq_issues_number")),
    )


def _make_issue_replies() -> None:
    op.create_table(
        "issue_replies",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("issue_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("proposed_due_on", sa.Date(), nullable=True),
        sa.Column("way", sa.String(length=8), server_default="account", nullable=False),
        sa.Column("written_on", sa.Date(), nullable=True),
        sa.Column("replied_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("replied_by_id", sa.String(length=36), nullable=False),
        sa.CheckConstraint("kind <> 'date' OR proposed_due_on IS NOT NULL", name=op.f("ck_issue_replies_date")),
        sa.CheckConstraint("kind IN ('progress', 'rectified', 'date', 'disagreed')", name=op.f("ck_issue_replies_kind")),
        sa.CheckConstraint("way IN ('account', 'letter', 'ledger')", name=op.f("ck_issue_replies_way")),
        sa.ForeignKeyConstraint(["issue_id"], ["issues.id"], name=op.f("fk_issue_replies_issue_id")),
        sa.ForeignKeyConstraint(["replied_by_id"], ["users.id"], name=op.f("fk_issue_replies_replied_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issue_replies")),
    )
    op.create_index(op.f("ix_issue_replies_issue_id"), "issue_replies", ["issue_id"])


def _make_issue_steps() -> None:
    op.create_table(
        "issue_steps",
        sa.Column("issue_id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("action", sa.String(length=24), nullable=False),
        sa.Column("from_state", sa.String(length=16), nullable=True),
        sa.Column("to_state", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("changes", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("details", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_by_id", sa.String(length=36), nullable=True),
        sa.ForeignKeyConstraint(["issue_id"], ["issues.id"], name=op.f("fk_issue_steps_issue_id")),
        sa.ForeignKeyConstraint(["taken_by_id"], ["users.id"], name=op.f("fk_issue_steps_taken_by_id")),
        sa.PrimaryKeyConstraint("issue_id", "number", name=op.f("pk_issue_steps")),
    )
    op.create_index(op.f("ix_issue_steps_to_state"), "issue_steps", ["to_state"])


def _make_verifications() -> None:
    op.create_table(
        "verifications",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("issue_id", sa.String(length=36), nullable=False),
        sa.Column("author_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("task", sa.Text(), nullable=False),
        sa.Column("assigned_to_id", sa.String(length=36), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by_id", sa.String(length=36), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("result", sa.String(length=10), nullable=True),
        sa.Column("found", sa.Text(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind IN ('archive', 'explanation', 'second_interview', 'document', 'site')", name=op.f("ck_verifications_kind")
        ),
        sa.CheckConstraint("result IN ('confirmed', 'partly', 'refuted')", name=op.f("ck_verifications_result")),
        sa.CheckConstraint("(result IS NULL) = (done_at IS NULL)", name=op.f("ck_verifications_done")),
        sa.CheckConstraint("assigned_to_id <> author_id", name=op.f("ck_verifications_not_by_author")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["users.id"], name=op.f("fk_verifications_asked_by_id")),
        sa.ForeignKeyConstraint(["assigned_to_id"], ["users.id"], name=op.f("fk_verifications_assigned_to_id")),
        sa.ForeignKeyConstraint(
            ["issue_id", "author_id"], ["issues.id", "issues.author_id"], name=op.f("fk_verifications_issue_id_author_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verifications")),
    )
    op.create_index("ix_verifications_assigned", "verifications", ["assigned_to_id", "done_at"])
    op.create_index(op.f("ix_verifications_issue_id"), "verifications", ["issue_id"])


def _make_household_outcomes() -> None:
    op.create_table(
        "household_outcomes",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("issue_id", sa.String(length=36), nullable=False),
        sa.Column("household_id", sa.String(length=36), nullable=False),
        sa.Column("visit_id", sa.String(length=36), nullable=False),
        sa.Column("instance_id", sa.String(length=64), nullable=True),
        sa.Column("outcome", sa.String(length=8), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("found_by_id", sa.String(length=36), nullable=True),
        sa.CheckConstraint("outcome IN ('fixed', 'partly', 'not', 'worse', 'unknown')", name=op.f("ck_household_outcomes_outcome")),
        sa.ForeignKeyConstraint(["found_by_id"], ["users.id"], name=op.f("fk_household_outcomes_found_by_id")),
        sa.ForeignKeyConstraint(["household_id"], ["households.id"], name=op.f("fk_household_outcomes_household_id")),
        sa.ForeignKeyConstraint(["instance_id"], ["submissions.instance_id"], name=op.f("fk_household_outcomes_instance_id")),
        sa.ForeignKeyConstraint(["issue_id"], ["issues.id"], name=op.f("fk_household_outcomes_issue_id")),
        sa.ForeignKeyConstraint(["visit_id"], ["visits.id"], name=op.f("fk_household_outcomes_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_household_outcomes")),
        sa.UniqueConstraint("issue_id", "household_id", "visit_id", name=op.f("uq_household_outcomes_issue_id_household_id_visit_id")),
    )
    op.create_index(op.f("ix_household_outcomes_household_id"), "household_outcomes", ["household_id"])
    op.create_index(op.f("ix_household_outcomes_issue_id"), "household_outcomes", ["issue_id"])
    op.create_index(op.f("ix_household_outcomes_visit_id"), "household_outcomes", ["visit_id"])


def _make_issue_evidence() -> None:
    op.create_table(
        "issue_evidence",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("issue_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("candidate_id", sa.String(length=36), nullable=True),
        sa.Column("instance_id", sa.String(length=64), nullable=True),
        sa.Column("household_id", sa.String(length=36), nullable=True),
        sa.Column("village_code", sa.String(length=12), nullable=True),
        sa.Column("meeting_id", sa.String(length=36), nullable=True),
        sa.Column("question", sa.String(length=255), nullable=True),
        sa.Column("told", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by_id", sa.String(length=36), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawal_decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind IN ('candidate', 'answer', 'picture', 'flag', 'discrepancy', 'meeting', 'estimate', 'note')",
            name=op.f("ck_issue_evidence_kind"),
        ),
        sa.ForeignKeyConstraint(["added_by_id"], ["users.id"], name=op.f("fk_issue_evidence_added_by_id")),
        sa.ForeignKeyConstraint(["household_id"], ["households.id"], name=op.f("fk_issue_evidence_household_id")),
        sa.ForeignKeyConstraint(["instance_id"], ["submissions.instance_id"], name=op.f("fk_issue_evidence_instance_id")),
        sa.ForeignKeyConstraint(["issue_id"], ["issues.id"], name=op.f("fk_issue_evidence_issue_id")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meetings.id"], name=op.f("fk_issue_evidence_meeting_id")),
        sa.ForeignKeyConstraint(["village_code"], ["regions.code"], name=op.f("fk_issue_evidence_village_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issue_evidence")),
        sa.UniqueConstraint("candidate_id", name=op.f("uq_issue_evidence_candidate_id")),
    )
    op.create_index(op.f("ix_issue_evidence_household_id"), "issue_evidence", ["household_id"])
    op.create_index(op.f("ix_issue_evidence_instance_id"), "issue_evidence", ["instance_id"])
    op.create_index(op.f("ix_issue_evidence_issue_id"), "issue_evidence", ["issue_id"])


def _make_issue_files() -> None:
    op.create_table(
        "issue_files",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("issue_id", sa.String(length=36), nullable=False),
        sa.Column("verification_id", sa.String(length=36), nullable=True),
        sa.Column("reply_id", sa.String(length=36), nullable=True),
        sa.Column("evidence_id", sa.String(length=36), nullable=True),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("media_type", sa.String(length=128), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by_id", sa.String(length=36), nullable=False),
        sa.CheckConstraint(
            "CASE WHEN verification_id IS NULL THEN 0 ELSE 1 END + CASE WHEN reply_id IS NULL THEN 0 ELSE 1 END + CASE "
            "WHEN evidence_id IS NULL THEN 0 ELSE 1 END = 1",
            name=op.f("ck_issue_files_beside_one"),
        ),
        sa.ForeignKeyConstraint(["added_by_id"], ["users.id"], name=op.f("fk_issue_files_added_by_id")),
        sa.ForeignKeyConstraint(["evidence_id"], ["issue_evidence.id"], name=op.f("fk_issue_files_evidence_id")),
        sa.ForeignKeyConstraint(["issue_id"], ["issues.id"], name=op.f("fk_issue_files_issue_id")),
        sa.ForeignKeyConstraint(["reply_id"], ["issue_replies.id"], name=op.f("fk_issue_files_reply_id")),
        sa.ForeignKeyConstraint(["verification_id"], ["verifications.id"], name=op.f("fk_issue_files_verification_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issue_files")),
    )
    op.create_index(op.f("ix_issue_files_evidence_id"), "issue_files", ["evidence_id"])
    op.create_index(op.f("ix_issue_files_issue_id"), "issue_files", ["issue_id"])
    op.create_index(op.f("ix_issue_files_reply_id"), "issue_files", ["reply_id"])
    op.create_index(op.f("ix_issue_files_verification_id"), "issue_files", ["verification_id"])


def _keep_steps() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"CREATE FUNCTION keep_issue_steps() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$")
        op.execute(
            "CREATE TRIGGER issue_steps_kept BEFORE UPDATE OR DELETE ON issue_steps FOR EACH ROW EXECUTE FUNCTION keep_issue_steps()"
        )
    else:
        for what in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER issue_steps_no_{what.lower()} BEFORE {what} ON issue_steps BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
            )
