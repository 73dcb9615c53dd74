"""What people bring to teams and notes for days."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema to this revision."""
    op.create_table(
        "local_languages",
        sa.Column("region_code", sa.String(length=12), nullable=False),
        sa.Column("languages", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(["region_code"], ["regions.code"], name=op.f("fk_local_languages_region_code"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("region_code", name=op.f("pk_local_languages")),
    )
    op.create_table(
        "person_profiles",
        sa.Column("user_id", sa.String(length=36), nullable=False),
        sa.Column("languages", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("home_region_code", sa.String(length=12), nullable=True),
        sa.Column("tie_codes", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("is_experienced", sa.Boolean(), nullable=False),
        sa.Column("experience", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["home_region_code"], ["regions.code"], name=op.f("fk_person_profiles_home_region_code"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_person_profiles_user_id")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_person_profiles")),
    )
    op.create_table(
        "day_notes",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("pair_id", sa.String(length=36), nullable=False),
        sa.Column("planned_on", sa.Date(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["pair_id"], ["pairs.id"], name=op.f("fk_day_notes_pair_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_day_notes")),
        sa.UniqueConstraint("pair_id", "planned_on", name=op.f("uq_day_notes_pair_id_planned_on")),
    )
    with op.batch_alter_table("day_notes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_day_notes_pair_id"), ["pair_id"], unique=False)


def downgrade() -> None:
    """Take this revision back."""
    op.drop_table("day_notes")
    op.drop_table("person_profiles")
    op.drop_table("local_languages")
