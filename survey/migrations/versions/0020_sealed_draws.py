"""Sealed draws."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema to this revision."""
    _add_draws()
    _add_openings()
    _add_villages()
    _add_replacements()


def _add_draws() -> None:
    """What is known of a draw before it is opened, and what is not."""
    op.create_table(
        "draws",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("visit_id", sa.String(length=36), nullable=False),
        sa.Column("algorithm", sa.String(length=16), nullable=False),
        sa.Column("design", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("basis", sa.String(length=12), nullable=False),
        sa.Column("seed_source", sa.String(length=8), nullable=False),
        sa.Column("commitment", sa.String(length=64), nullable=False),
        sa.Column("frame_sha256", sa.String(length=64), nullable=False),
        sa.Column("frame_villages", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("n_villages", sa.Integer(), nullable=False),
        sa.Column("n_households", sa.Integer(), nullable=False),
        sa.Column("departs_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opener_id", sa.String(length=36), nullable=True),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("drawn_by_id", sa.String(length=36), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("voided_by_id", sa.String(length=36), nullable=True),
        sa.Column("void_reason", sa.Text(), nullable=False),
        sa.CheckConstraint("basis IN ('census', 'probability', 'purposive')", name=op.f("ck_draws_basis")),
        sa.CheckConstraint("seed_source IN ('program', 'public', 'mixed')", name=op.f("ck_draws_seed_source")),
        sa.ForeignKeyConstraint(["drawn_by_id"], ["users.id"], name=op.f("fk_draws_drawn_by_id")),
        sa.ForeignKeyConstraint(["opener_id"], ["users.id"], name=op.f("fk_draws_opener_id")),
        sa.ForeignKeyConstraint(["visit_id"], ["visits.id"], name=op.f("fk_draws_visit_id")),
        sa.ForeignKeyConstraint(["voided_by_id"], ["users.id"], name=op.f("fk_draws_voided_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draws")),
    )
    with op.batch_alter_table("draws", schema=None) as batch_op:
        batch_op.create_index(
            "ix_draws_current",
            ["visit_id"],
            unique=True,
            sqlite_where=sa.text("voided_at IS NULL"),
            postgresql_where=sa.text("voided_at IS NULL"),
        )
        batch_op.create_index(batch_op.f("ix_draws_visit_id"), ["visit_id"], unique=False)

    op.create_table(
        "draw_envelopes",
        sa.Column("draw_id", sa.String(length=36), nullable=False),
        sa.Column("content", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(["draw_id"], ["draws.id"], name=op.f("fk_draw_envelopes_draw_id")),
        sa.PrimaryKeyConstraint("draw_id", name=op.f("pk_draw_envelopes")),
    )


def _add_openings() -> None:
    """Who opened a draw, and which households came out."""
    op.create_table(
        "draw_openings",
        sa.Column("draw_id", sa.String(length=36), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_by_id", sa.String(length=36), nullable=False),
        sa.Column("early_reason", sa.Text(), nullable=False),
        sa.Column("seed", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["draw_id"], ["draws.id"], name=op.f("fk_draw_openings_draw_id")),
        sa.ForeignKeyConstraint(["opened_by_id"], ["users.id"], name=op.f("fk_draw_openings_opened_by_id")),
        sa.PrimaryKeyConstraint("draw_id", name=op.f("pk_draw_openings")),
    )
    op.create_table(
        "draw_units",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("draw_id", sa.String(length=36), nullable=False),
        sa.Column("village_code", sa.String(length=12), nullable=False),
        sa.Column("household_id", sa.String(length=36), nullable=True),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("stratum", sa.String(length=32), nullable=False),
        sa.Column("role", sa.String(length=8), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("inclusion_household", sa.String(length=64), nullable=True),
        sa.Column("inclusion", sa.String(length=64), nullable=True),
        sa.CheckConstraint("role IN ('drawn', 'reserve')", name=op.f("ck_draw_units_role")),
        sa.ForeignKeyConstraint(["draw_id"], ["draws.id"], name=op.f("fk_draw_units_draw_id")),
        sa.ForeignKeyConstraint(["household_id"], ["households.id"], name=op.f("fk_draw_units_household_id")),
        sa.ForeignKeyConstraint(["village_code"], ["regions.code"], name=op.f("fk_draw_units_village_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draw_units")),
        sa.UniqueConstraint("draw_id", "village_code", "number", name=op.f("uq_draw_units_draw_id_village_code_number")),
    )
    with op.batch_alter_table("draw_units", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_draw_units_household_id"), ["household_id"], unique=False)


def _add_villages() -> None:
    """Which villages came out."""
    op.create_table(
        "draw_villages",
        sa.Column("draw_id", sa.String(length=36), nullable=False),
        sa.Column("village_code", sa.String(length=12), nullable=False),
        sa.Column("stratum", sa.String(length=12), nullable=False),
        sa.Column("n_households", sa.Integer(), nullable=False),
        sa.Column("inclusion", sa.String(length=64), nullable=True),
        sa.Column("is_certain", sa.Boolean(), nullable=False),
        sa.Column("lines", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(["draw_id"], ["draws.id"], name=op.f("fk_draw_villages_draw_id")),
        sa.ForeignKeyConstraint(["village_code"], ["regions.code"], name=op.f("fk_draw_villages_village_code")),
        sa.PrimaryKeyConstraint("draw_id", "village_code", name=op.f("pk_draw_villages")),
    )


def _add_replacements() -> None:
    """Which household came in for which."""
    op.create_table(
        "draw_replacements",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("draw_id", sa.String(length=36), nullable=False),
        sa.Column("unit_id", sa.String(length=36), nullable=False),
        sa.Column("reserve_id", sa.String(length=36), nullable=True),
        sa.Column("reason", sa.String(length=12), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("replaced_by_id", sa.String(length=36), nullable=True),
        sa.Column("reverted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reverted_by_id", sa.String(length=36), nullable=True),
        sa.Column("revert_reason", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "reason IN ('refused', 'absent', 'moved', 'died', 'not_found', 'other')", name=op.f("ck_draw_replacements_reason")
        ),
        sa.ForeignKeyConstraint(["draw_id"], ["draws.id"], name=op.f("fk_draw_replacements_draw_id")),
        sa.ForeignKeyConstraint(["replaced_by_id"], ["users.id"], name=op.f("fk_draw_replacements_replaced_by_id")),
        sa.ForeignKeyConstraint(["reserve_id"], ["draw_units.id"], name=op.f("fk_draw_replacements_reserve_id")),
        sa.ForeignKeyConstraint(["reverted_by_id"], ["users.id"], name=op.f("fk_draw_replacements_reverted_by_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["draw_units.id"], name=op.f("fk_draw_replacements_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draw_replacements")),
    )
    with op.batch_alter_table("draw_replacements", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_draw_replacements_draw_id"), ["draw_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_draw_replacements_reserve_id"), ["reserve_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_draw_replacements_unit_id"), ["unit_id"], unique=False)


def downgrade() -> None:
    """Take this revision back."""
    for table in ("draw_replacements", "draw_villages", "draw_units", "draw_openings", "draw_envelopes", "draws"):
        op.drop_table(table)
