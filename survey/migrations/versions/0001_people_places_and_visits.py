"""People, places, questionnaires, and visits."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ID = sa.String(36)
CODE = sa.String(12)
INSTANT = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
TABLES = (
    "regions",
    "roles",
    "users",
    "user_roles",
    "events",
    "monitoring_points",
    "households",
    "roster_drafts",
    "questionnaire_versions",
    "visits",
    "visit_forms",
    "visit_villages",
    "pairs",
    "assignments",
    "meetings",
    "recommendations",
)


def upgrade() -> None:
    """Make the tables, each after those that it refers to."""
    _make_people()
    _make_events()
    _make_places()
    _make_questionnaires()
    _make_visits()
    _make_assignments()
    _make_registers()


def downgrade() -> None:
    """Drop the tables, each before those that it refers to."""
    for table in reversed(TABLES):
        op.drop_table(table)


def _make_people() -> None:
    op.create_table(
        "regions",
        sa.Column("code", CODE, nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("level", sa.String(10), nullable=False),
        sa.Column("parent_code", CODE, nullable=True),
        sa.Column("is_invented", sa.Boolean(), nullable=False),
        sa.CheckConstraint("level IN ('province', 'city', 'county', 'township', 'village')", name="ck_regions_level"),
        sa.CheckConstraint("length(code) = 12", name="ck_regions_code_length"),
        sa.ForeignKeyConstraint(["parent_code"], ["regions.code"], name="fk_regions_parent_code"),
        sa.PrimaryKeyConstraint("code", name="pk_regions"),
    )
    op.create_index("ix_regions_parent_code", "regions", ["parent_code"])

    op.create_table(
        "roles",
        sa.Column("name", sa.String(20), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_roles"),
    )

    op.create_table(
        "users",
        sa.Column("id", ID, nullable=False),
        sa.Column("username", sa.String(64), nullable=False),
        sa.Column("email", sa.String(255), nullable=False),
        sa.Column("password", sa.String(255), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("organisation", sa.String(128), nullable=False),
        sa.Column("locale", sa.String(8), nullable=False),
        sa.Column("region_code", CODE, nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("fs_uniquifier", sa.String(64), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["region_code"], ["regions.code"], name="fk_users_region_code"),
        sa.PrimaryKeyConstraint("id", name="pk_users"),
        sa.UniqueConstraint("email", name="uq_users_email"),
        sa.UniqueConstraint("fs_uniquifier", name="uq_users_fs_uniquifier"),
        sa.UniqueConstraint("username", name="uq_users_username"),
    )

    op.create_table(
        "user_roles",
        sa.Column("user_id", ID, nullable=False),
        sa.Column("role_name", sa.String(20), nullable=False),
        sa.ForeignKeyConstraint(["role_name"], ["roles.name"], name="fk_user_roles_role_name"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_user_roles_user_id"),
        sa.PrimaryKeyConstraint("user_id", "role_name", name="pk_user_roles"),
    )


def _make_events() -> None:
    op.create_table(
        "events",
        sa.Column("number", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("happened_at", INSTANT, nullable=False),
        sa.Column("actor_id", ID, nullable=True),
        sa.Column("action", sa.String(64), nullable=False),
        sa.Column("subject_type", sa.String(32), nullable=False),
        sa.Column("subject_id", sa.String(128), nullable=False),
        sa.Column("details", JSON, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["users.id"], name="fk_events_actor_id"),
        sa.PrimaryKeyConstraint("number", name="pk_events"),
        sa.UniqueConstraint("digest", name="uq_events_digest"),
    )
    op.create_index("ix_events_subject", "events", ["subject_type", "subject_id"])


def _make_places() -> None:
    op.create_table(
        "monitoring_points",
        sa.Column("region_code", CODE, nullable=False),
        sa.Column("chosen_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(255), nullable=False),
        sa.ForeignKeyConstraint(["region_code"], ["regions.code"], name="fk_monitoring_points_region_code"),
        sa.PrimaryKeyConstraint("region_code", name="pk_monitoring_points"),
    )

    op.create_table(
        "households",
        sa.Column("id", ID, nullable=False),
        sa.Column("village_code", CODE, nullable=False),
        sa.Column("number", sa.String(32), nullable=False),
        sa.Column("head_name", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("n_members", sa.Integer(), nullable=False),
        sa.Column("cause", sa.String(32), nullable=False),
        sa.Column("markers", JSON, nullable=False),
        sa.Column("group_name", sa.String(64), nullable=False),
        sa.CheckConstraint("kind IN ('registered', 'lifted_out', 'marginal', 'ordinary')", name="ck_households_kind"),
        sa.CheckConstraint("n_members > 0", name="ck_households_n_members"),
        sa.ForeignKeyConstraint(["village_code"], ["regions.code"], name="fk_households_village_code"),
        sa.PrimaryKeyConstraint("id", name="pk_households"),
        sa.UniqueConstraint("village_code", "number", name="uq_households_village_code_number"),
    )
    op.create_index("ix_households_village_code", "households", ["village_code"])

    op.create_table(
        "roster_drafts",
        sa.Column("id", ID, nullable=False),
        sa.Column("file_name", sa.String(255), nullable=False),
        sa.Column("content", JSON, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("created_by_id", ID, nullable=False),
        sa.ForeignKeyConstraint(["created_by_id"], ["users.id"], name="fk_roster_drafts_created_by_id"),
        sa.PrimaryKeyConstraint("id", name="pk_roster_drafts"),
    )


def _make_questionnaires() -> None:
    op.create_table(
        "questionnaire_versions",
        sa.Column("id", ID, nullable=False),
        sa.Column("form_id", sa.String(128), nullable=False),
        sa.Column("version", sa.String(64), nullable=False),
        sa.Column("title", sa.String(255), nullable=False),
        sa.Column("source_name", sa.String(255), nullable=False),
        sa.Column("source", sa.LargeBinary(), nullable=False),
        sa.Column("source_sha256", sa.String(64), nullable=False),
        sa.Column("xform", sa.Text(), nullable=False),
        sa.Column("n_questions", sa.Integer(), nullable=False),
        sa.Column("published_at", INSTANT, nullable=False),
        sa.Column("published_by_id", ID, nullable=True),
        sa.ForeignKeyConstraint(["published_by_id"], ["users.id"], name="fk_questionnaire_versions_published_by_id"),
        sa.PrimaryKeyConstraint("id", name="pk_questionnaire_versions"),
        sa.UniqueConstraint("form_id", "version", name="uq_questionnaire_versions_form_id_version"),
    )
    op.create_index("ix_questionnaire_versions_form_id", "questionnaire_versions", ["form_id"])


def _make_visits() -> None:
    op.create_table(
        "visits",
        sa.Column("id", ID, nullable=False),
        sa.Column("title", sa.String(128), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("look_back_of_id", ID, nullable=True),
        sa.Column("is_invented", sa.Boolean(), nullable=False),
        sa.CheckConstraint("state IN ('planned', 'open', 'closed')", name="ck_visits_state"),
        sa.CheckConstraint("ends_on >= starts_on", name="ck_visits_dates"),
        sa.ForeignKeyConstraint(["look_back_of_id"], ["visits.id"], name="fk_visits_look_back_of_id"),
        sa.PrimaryKeyConstraint("id", name="pk_visits"),
    )

    op.create_table(
        "visit_forms",
        sa.Column("visit_id", ID, nullable=False),
        sa.Column("questionnaire_version_id", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["questionnaire_version_id"], ["questionnaire_versions.id"], name="fk_visit_forms_questionnaire_version_id"
        ),
        sa.ForeignKeyConstraint(["visit_id"], ["visits.id"], name="fk_visit_forms_visit_id"),
        sa.PrimaryKeyConstraint("visit_id", "questionnaire_version_id", name="pk_visit_forms"),
    )

    op.create_table(
        "visit_villages",
        sa.Column("visit_id", ID, nullable=False),
        sa.Column("village_code", CODE, nullable=False),
        sa.Column("basis", sa.String(12), nullable=False),
        sa.Column("planned_on", sa.Date(), nullable=True),
        sa.CheckConstraint("basis IN ('census', 'probability', 'purposive')", name="ck_visit_villages_basis"),
        sa.ForeignKeyConstraint(["village_code"], ["regions.code"], name="fk_visit_villages_village_code"),
        sa.ForeignKeyConstraint(["visit_id"], ["visits.id"], name="fk_visit_villages_visit_id"),
        sa.PrimaryKeyConstraint("visit_id", "village_code", name="pk_visit_villages"),
    )


def _make_assignments() -> None:
    op.create_table(
        "pairs",
        sa.Column("id", ID, nullable=False),
        sa.Column("visit_id", ID, nullable=False),
        sa.Column("name", sa.String(32), nullable=False),
        sa.Column("lead_id", ID, nullable=False),
        sa.Column("second_id", ID, nullable=False),
        sa.CheckConstraint("lead_id <> second_id", name="ck_pairs_two_people"),
        sa.ForeignKeyConstraint(["lead_id"], ["users.id"], name="fk_pairs_lead_id"),
        sa.ForeignKeyConstraint(["second_id"], ["users.id"], name="fk_pairs_second_id"),
        sa.ForeignKeyConstraint(["visit_id"], ["visits.id"], name="fk_pairs_visit_id"),
        sa.PrimaryKeyConstraint("id", name="pk_pairs"),
        sa.UniqueConstraint("visit_id", "name", name="uq_pairs_visit_id_name"),
    )
    op.create_index("ix_pairs_lead_id", "pairs", ["lead_id"])
    op.create_index("ix_pairs_second_id", "pairs", ["second_id"])
    op.create_index("ix_pairs_visit_id", "pairs", ["visit_id"])

    op.create_table(
        "assignments",
        sa.Column("id", ID, nullable=False),
        sa.Column("visit_id", ID, nullable=False),
        sa.Column("pair_id", ID, nullable=False),
        sa.Column("form_id", sa.String(128), nullable=False),
        sa.Column("village_code", CODE, nullable=False),
        sa.Column("household_id", ID, nullable=True),
        sa.Column("planned_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["household_id"], ["households.id"], name="fk_assignments_household_id"),
        sa.ForeignKeyConstraint(["pair_id"], ["pairs.id"], name="fk_assignments_pair_id"),
        sa.ForeignKeyConstraint(["village_code"], ["regions.code"], name="fk_assignments_village_code"),
        sa.ForeignKeyConstraint(["visit_id"], ["visits.id"], name="fk_assignments_visit_id"),
        sa.PrimaryKeyConstraint("id", name="pk_assignments"),
        sa.UniqueConstraint("visit_id", "household_id", "form_id", name="uq_assignments_visit_id_household_id_form_id"),
    )
    op.create_index("ix_assignments_household_id", "assignments", ["household_id"])
    op.create_index("ix_assignments_pair_id", "assignments", ["pair_id"])
    op.create_index("ix_assignments_village_code", "assignments", ["village_code"])
    op.create_index("ix_assignments_visit_id", "assignments", ["visit_id"])


def _make_registers() -> None:
    op.create_table(
        "meetings",
        sa.Column("id", ID, nullable=False),
        sa.Column("visit_id", ID, nullable=False),
        sa.Column("region_code", CODE, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("title", sa.String(128), nullable=False),
        sa.Column("minutes", sa.Text(), nullable=False),
        sa.CheckConstraint("kind IN ('briefing', 'discussion', 'feedback', 'joint_meeting')", name="ck_meetings_kind"),
        sa.ForeignKeyConstraint(["region_code"], ["regions.code"], name="fk_meetings_region_code"),
        sa.ForeignKeyConstraint(["visit_id"], ["visits.id"], name="fk_meetings_visit_id"),
        sa.PrimaryKeyConstraint("id", name="pk_meetings"),
    )
    op.create_index("ix_meetings_visit_id", "meetings", ["visit_id"])

    op.create_table(
        "recommendations",
        sa.Column("id", ID, nullable=False),
        sa.Column("visit_id", ID, nullable=False),
        sa.Column("region_code", CODE, nullable=False),
        sa.Column("area", sa.String(32), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("handed_over_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["region_code"], ["regions.code"], name="fk_recommendations_region_code"),
        sa.ForeignKeyConstraint(["visit_id"], ["visits.id"], name="fk_recommendations_visit_id"),
        sa.PrimaryKeyConstraint("id", name="pk_recommendations"),
    )
    op.create_index("ix_recommendations_visit_id", "recommendations", ["visit_id"])
