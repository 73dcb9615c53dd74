"""Liaison: contacts, materials, experts and assistance; who sat in meetings, and meetings without a visit."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

TABLES = (
    "contacts",
    "material_requests",
    "material_files",
    "material_reminders",
    "experts",
    "expert_areas",
    "expert_places",
    "expert_skills",
    "expert_visits",
    "assistance",
    "meeting_files",
    "meeting_people",
)
KINDS = ("briefing", "discussion", "feedback", "joint_meeting")


def upgrade() -> None:
    """Bring the schema to this revision."""
    _make_contacts_and_requests()
    _make_what_requests_brought()
    _make_experts()
    _make_assistance()
    _make_what_meetings_hold()
    _set_kinds((*KINDS, "liaison", "other"))
    with op.batch_alter_table("meetings", schema=None) as batch_op:
        batch_op.add_column(sa.Column("venue", sa.String(length=128), server_default="", nullable=False))
        batch_op.alter_column("visit_id", existing_type=sa.String(length=36), nullable=True)


def downgrade() -> None:
    """Take this revision back; meetings without a visit, and of kinds that were not known, go with it."""
    for table in reversed(TABLES):
        op.drop_table(table)
    meetings = sa.table("meetings", sa.column("kind", sa.String), sa.column("visit_id", sa.String))
    op.execute(meetings.delete().where(sa.or_(meetings.c.visit_id.is_(None), meetings.c.kind.not_in(KINDS))))
    op.drop_column("meetings", "venue")
    with op.batch_alter_table("meetings", schema=None) as batch_op:
        batch_op.alter_column("visit_id", existing_type=sa.String(length=36), nullable=False)
    _set_kinds(KINDS)


def _set_kinds(kinds: tuple[str, ...]) -> None:
    with op.batch_alter_table("meetings", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_meetings_kind"), type_="check")
        batch_op.create_check_constraint(op.f("ck_meetings_kind"), f"kind IN {kinds}")


def _make_contacts_and_requests() -> None:
    op.create_table(
        "contacts",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("region_code", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("post", sa.String(length=128), nullable=False),
        sa.Column("organisation", sa.String(length=128), nullable=False),
        sa.Column("phone", sa.String(length=64), nullable=False),
        sa.Column("email", sa.String(length=255), nullable=False),
        sa.Column("note", sa.String(length=255), nullable=False),
        sa.Column("active_from", sa.Date(), nullable=False),
        sa.Column("active_until", sa.Date(), nullable=True),
        sa.CheckConstraint("active_until IS NULL OR active_until >= active_from", name=op.f("ck_contacts_active")),
        sa.ForeignKeyConstraint(["region_code"], ["regions.code"], name=op.f("fk_contacts_region_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contacts")),
    )
    op.create_index(op.f("ix_contacts_region_code"), "contacts", ["region_code"], unique=False)
    op.create_table(
        "material_requests",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("title", sa.String(length=128), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("region_code", sa.String(length=12), nullable=False),
        sa.Column("contact_id", sa.String(length=36), nullable=True),
        sa.Column("visit_id", sa.String(length=36), nullable=True),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("state_reason", sa.String(length=255), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=True),
        sa.CheckConstraint("state IN ('asked', 'partly', 'received', 'withdrawn')", name=op.f("ck_material_requests_state")),
        sa.CheckConstraint("due_on >= asked_on", name=op.f("ck_material_requests_due")),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name=op.f("fk_material_requests_contact_id")),
        sa.ForeignKeyConstraint(["region_code"], ["regions.code"], name=op.f("fk_material_requests_region_code")),
        sa.ForeignKeyConstraint(["visit_id"], ["visits.id"], name=op.f("fk_material_requests_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_material_requests")),
    )
    op.create_index(op.f("ix_material_requests_contact_id"), "material_requests", ["contact_id"], unique=False)
    op.create_index(op.f("ix_material_requests_region_code"), "material_requests", ["region_code"], unique=False)
    op.create_index(op.f("ix_material_requests_state_due"), "material_requests", ["state", "due_on"], unique=False)
    op.create_index(op.f("ix_material_requests_visit_id"), "material_requests", ["visit_id"], unique=False)


def _make_what_requests_brought() -> None:
    op.create_table(
        "material_files",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("request_id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("media_type", sa.String(length=64), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_by_id", sa.String(length=36), nullable=True),
        sa.ForeignKeyConstraint(["received_by_id"], ["users.id"], name=op.f("fk_material_files_received_by_id")),
        sa.ForeignKeyConstraint(["request_id"], ["material_requests.id"], name=op.f("fk_material_files_request_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_material_files")),
        sa.UniqueConstraint("request_id", "sha256", name=op.f("uq_material_files_request_id_sha256")),
    )
    op.create_table(
        "material_reminders",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("request_id", sa.String(length=36), nullable=False),
        sa.Column("reminded_on", sa.Date(), nullable=False),
        sa.Column("means", sa.String(length=12), nullable=False),
        sa.Column("note", sa.String(length=255), nullable=False),
        sa.Column("reminded_by_id", sa.String(length=36), nullable=True),
        sa.CheckConstraint("means IN ('telephone', 'message', 'letter', 'in_person')", name=op.f("ck_material_reminders_means")),
        sa.ForeignKeyConstraint(["reminded_by_id"], ["users.id"], name=op.f("fk_material_reminders_reminded_by_id")),
        sa.ForeignKeyConstraint(["request_id"], ["material_requests.id"], name=op.f("fk_material_reminders_request_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_material_reminders")),
    )
    op.create_index(op.f("ix_material_reminders_request_id"), "material_reminders", ["request_id"], unique=False)


def _make_experts() -> None:
    op.create_table(
        "experts",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("user_id", sa.String(length=36), nullable=True),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("organisation", sa.String(length=128), nullable=False),
        sa.Column("post", sa.String(length=128), nullable=False),
        sa.Column("level", sa.String(length=10), nullable=False),
        sa.Column("phone", sa.String(length=64), nullable=False),
        sa.Column("email", sa.String(length=255), nullable=False),
        sa.Column("availability", sa.String(length=12), nullable=False),
        sa.Column("availability_note", sa.String(length=255), nullable=False),
        sa.CheckConstraint("availability IN ('available', 'limited', 'unavailable')", name=op.f("ck_experts_availability")),
        sa.CheckConstraint("level IN ('central', 'province', 'city', 'county')", name=op.f("ck_experts_level")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_experts_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_experts")),
        sa.UniqueConstraint("user_id", name=op.f("uq_experts_user_id")),
    )
    op.create_table(
        "expert_areas",
        sa.Column("expert_id", sa.String(length=36), nullable=False),
        sa.Column("area", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["expert_id"], ["experts.id"], name=op.f("fk_expert_areas_expert_id")),
        sa.PrimaryKeyConstraint("expert_id", "area", name=op.f("pk_expert_areas")),
    )
    op.create_table(
        "expert_places",
        sa.Column("expert_id", sa.String(length=36), nullable=False),
        sa.Column("region_code", sa.String(length=12), nullable=False),
        sa.ForeignKeyConstraint(["expert_id"], ["experts.id"], name=op.f("fk_expert_places_expert_id")),
        sa.ForeignKeyConstraint(["region_code"], ["regions.code"], name=op.f("fk_expert_places_region_code")),
        sa.PrimaryKeyConstraint("expert_id", "region_code", name=op.f("pk_expert_places")),
    )
    op.create_table(
        "expert_skills",
        sa.Column("expert_id", sa.String(length=36), nullable=False),
        sa.Column("skill", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["expert_id"], ["experts.id"], name=op.f("fk_expert_skills_expert_id")),
        sa.PrimaryKeyConstraint("expert_id", "skill", name=op.f("pk_expert_skills")),
    )
    op.create_index(op.f("ix_expert_skills_skill"), "expert_skills", ["skill"], unique=False)
    op.create_table(
        "expert_visits",
        sa.Column("expert_id", sa.String(length=36), nullable=False),
        sa.Column("visit_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(["expert_id"], ["experts.id"], name=op.f("fk_expert_visits_expert_id")),
        sa.ForeignKeyConstraint(["visit_id"], ["visits.id"], name=op.f("fk_expert_visits_visit_id")),
        sa.PrimaryKeyConstraint("expert_id", "visit_id", name=op.f("pk_expert_visits")),
    )


def _make_assistance() -> None:
    op.create_table(
        "assistance",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("giver", sa.String(length=128), nullable=False),
        sa.Column("giver_kind", sa.String(length=20), nullable=False),
        sa.Column("help_kind", sa.String(length=12), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("region_code", sa.String(length=12), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(length=255), nullable=False),
        sa.CheckConstraint(
            "giver_kind IN ('enterprise', 'party_organisation', 'member', 'foundation', 'institution', 'other')",
            name=op.f("ck_assistance_giver_kind"),
        ),
        sa.CheckConstraint(
            "help_kind IN ('money', 'goods', 'services', 'project', 'training', 'other')", name=op.f("ck_assistance_help_kind")
        ),
        sa.CheckConstraint("amount_fen >= 0", name=op.f("ck_assistance_amount")),
        sa.ForeignKeyConstraint(["region_code"], ["regions.code"], name=op.f("fk_assistance_region_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assistance")),
    )
    op.create_index(op.f("ix_assistance_giver"), "assistance", ["giver"], unique=False)
    op.create_index(op.f("ix_assistance_region_code"), "assistance", ["region_code"], unique=False)
    op.create_index(op.f("ix_assistance_year_place"), "assistance", ["year", "region_code"], unique=False)


def _make_what_meetings_hold() -> None:
    op.create_table(
        "meeting_files",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("meeting_id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("media_type", sa.String(length=64), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by_id", sa.String(length=36), nullable=True),
        sa.ForeignKeyConstraint(["added_by_id"], ["users.id"], name=op.f("fk_meeting_files_added_by_id")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meetings.id"], name=op.f("fk_meeting_files_meeting_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_files")),
        sa.UniqueConstraint("meeting_id", "sha256", name=op.f("uq_meeting_files_meeting_id_sha256")),
    )
    op.create_table(
        "meeting_people",
        sa.Column("meeting_id", sa.String(length=36), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("user_id", sa.String(length=36), nullable=True),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("post", sa.String(length=128), nullable=False),
        sa.CheckConstraint("user_id IS NOT NULL OR name <> ''", name=op.f("ck_meeting_people_named")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meetings.id"], name=op.f("fk_meeting_people_meeting_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_meeting_people_user_id")),
        sa.PrimaryKeyConstraint("meeting_id", "position", name=op.f("pk_meeting_people")),
    )
    op.create_index(op.f("ix_meeting_people_user_id"), "meeting_people", ["user_id"], unique=False)
