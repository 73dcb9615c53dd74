"""Persons of households, the register of identification, and the times of monitoring points; what a waiting spreadsheet holds."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

POINTS = sa.table(
    "monitoring_points",
    *(sa.column(name, sa.String) for name in ("id", "region_code", "reason", "end_reason")),
    *(sa.column(name, sa.Date) for name in ("chosen_on", "ended_on")),
)


def upgrade() -> None:
    """Bring the schema to this revision."""
    _make_members()
    _make_identifications()
    _give_points_times()
    with op.batch_alter_table("roster_drafts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("kind", sa.String(length=16), server_default="roster", nullable=False))


def downgrade() -> None:
    """Take this revision back; of monitoring points, those that have not ended stay."""
    op.drop_column("roster_drafts", "kind")
    op.drop_table("identifications")
    op.drop_table("household_members")
    columns = (POINTS.c.region_code, POINTS.c.chosen_on, POINTS.c.reason)
    kept = op.get_bind().execute(sa.select(*columns).where(POINTS.c.ended_on.is_(None))).mappings().all()
    op.drop_table("monitoring_points")
    op.create_table(
        "monitoring_points",
        sa.Column("region_code", sa.String(12), nullable=False),
        sa.Column("chosen_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(255), nullable=False),
        sa.ForeignKeyConstraint(["region_code"], ["regions.code"], name=op.f("fk_monitoring_points_region_code")),
        sa.PrimaryKeyConstraint("region_code", name=op.f("pk_monitoring_points")),
    )
    _put_back([dict(row) for row in kept])


def _give_points_times() -> None:
    """A place's code is the identifier of the point that it had until now, on every server the same."""
    columns = (POINTS.c.region_code, POINTS.c.chosen_on, POINTS.c.reason)
    kept = op.get_bind().execute(sa.select(*columns)).mappings().all()
    op.drop_table("monitoring_points")
    op.create_table(
        "monitoring_points",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("region_code", sa.String(12), nullable=False),
        sa.Column("chosen_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(255), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("end_reason", sa.String(255), nullable=False),
        sa.CheckConstraint("ended_on >= chosen_on", name=op.f("ck_monitoring_points_days")),
        sa.ForeignKeyConstraint(["region_code"], ["regions.code"], name=op.f("fk_monitoring_points_region_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_monitoring_points")),
        sa.UniqueConstraint("region_code", "chosen_on", name=op.f("uq_monitoring_points_region_code_chosen_on")),
    )
    _put_back([{**row, "id": row["region_code"], "end_reason": ""} for row in kept])


def _put_back(rows: list[dict[str, object]]) -> None:
    if rows:
        op.get_bind().execute(POINTS.insert(), rows)


def _make_members() -> None:
    op.create_table(
        "household_members",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("household_id", sa.String(length=36), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("sex", sa.String(length=6), nullable=False),
        sa.Column("birth_year", sa.Integer(), nullable=True),
        sa.Column("relation", sa.String(length=16), nullable=False),
        sa.Column("schooling", sa.String(length=12), nullable=False),
        sa.Column("health", sa.String(length=12), nullable=False),
        sa.Column("work", sa.String(length=12), nullable=False),
        sa.Column("id_number", sa.LargeBinary(), nullable=True),
        sa.Column("id_number_hash", sa.String(length=64), nullable=True),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("left_reason", sa.String(length=12), nullable=False),
        sa.CheckConstraint("(left_on IS NULL) = (left_reason = '')", name=op.f("ck_household_members_left")),
        sa.CheckConstraint(
            "relation IN ('', 'head', 'spouse', 'child', 'child_in_law', 'grandchild', 'parent', 'parent_in_law', 'grandparent', "
            "'sibling', 'other')",
            name=op.f("ck_household_members_relation"),
        ),
        sa.CheckConstraint("sex IN ('', 'male', 'female')", name=op.f("ck_household_members_sex")),
        sa.ForeignKeyConstraint(["household_id"], ["households.id"], name=op.f("fk_household_members_household_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_household_members")),
        sa.UniqueConstraint("household_id", "position", name=op.f("uq_household_members_household_id_position")),
    )
    with op.batch_alter_table("household_members", schema=None) as batch_op:
        batch_op.create_index(
            "uq_household_members_present_id_number_hash",
            ["id_number_hash"],
            unique=True,
            sqlite_where=sa.text("left_on IS NULL"),
            postgresql_where=sa.text("left_on IS NULL"),
        )


def _make_identifications() -> None:
    op.create_table(
        "identifications",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("household_id", sa.String(length=36), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("note", sa.String(length=255), nullable=False),
        sa.Column("corrects_id", sa.String(length=36), nullable=True),
        sa.Column("is_withdrawn", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(length=255), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.String(length=36), nullable=True),
        sa.CheckConstraint("corrects_id IS NULL OR reason <> ''", name=op.f("ck_identifications_reason")),
        sa.CheckConstraint(
            "kind IN ('registered', 'supported', 'lifted_out', 'accepted', 'struck_off', 'registered_again')",
            name=op.f("ck_identifications_kind"),
        ),
        sa.CheckConstraint("NOT is_withdrawn OR corrects_id IS NOT NULL", name=op.f("ck_identifications_withdrawn")),
        sa.ForeignKeyConstraint(["corrects_id"], ["identifications.id"], name=op.f("fk_identifications_corrects_id")),
        sa.ForeignKeyConstraint(["household_id"], ["households.id"], name=op.f("fk_identifications_household_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["users.id"], name=op.f("fk_identifications_recorded_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identifications")),
        sa.UniqueConstraint("corrects_id", name=op.f("uq_identifications_corrects_id")),
        sa.UniqueConstraint("household_id", "position", name=op.f("uq_identifications_household_id_position")),
    )
    with op.batch_alter_table("identifications", schema=None) as batch_op:
        batch_op.create_index("ix_identifications_household_day", ["household_id", "happened_on", "turn"], unique=False)
