"""Limits of visits, where interviews were held, and beside which other interview a doubt stands."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

Json = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    """Bring the schema to this revision."""
    op.create_table(
        "visit_limits",
        sa.Column("visit_id", sa.String(length=36), nullable=False),
        sa.Column("values", Json, nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by_id", sa.String(length=36), nullable=True),
        sa.ForeignKeyConstraint(["changed_by_id"], ["users.id"], name=op.f("fk_visit_limits_changed_by_id")),
        sa.ForeignKeyConstraint(["visit_id"], ["visits.id"], name=op.f("fk_visit_limits_visit_id")),
        sa.PrimaryKeyConstraint("visit_id", name=op.f("pk_visit_limits")),
    )
    with op.batch_alter_table("attachments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_attachments_sha256"), ["sha256"], unique=False)

    with op.batch_alter_table("flags", schema=None) as batch_op:
        batch_op.add_column(sa.Column("other_id", sa.String(length=64), nullable=True))
        batch_op.create_index(batch_op.f("ix_flags_other_id"), ["other_id"], unique=False)

    with op.batch_alter_table("submissions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("latitude", sa.Double(), nullable=True))
        batch_op.add_column(sa.Column("longitude", sa.Double(), nullable=True))
        batch_op.add_column(sa.Column("accuracy_m", sa.Double(), nullable=True))
        batch_op.create_index("ix_submissions_device_started", ["device_id", "started_at"], unique=False)
        batch_op.create_index("ix_submissions_lead_started", ["lead_id", "started_at"], unique=False)
    _place_interviews()


def _place_interviews() -> None:
    """Write the first position among the answers of every interview into the new columns."""
    table = sa.table(
        "submissions",
        sa.column("instance_id", sa.String),
        sa.column("answers", Json),
        *(sa.column(name, sa.Double) for name in ("latitude", "longitude", "accuracy_m")),
    )
    connection = op.get_bind()
    ids = list(connection.scalars(sa.select(table.c.instance_id)))
    for instance_id in ids:
        position = _position_in(connection.scalar(sa.select(table.c.answers).where(table.c.instance_id == instance_id)))
        if position:
            values = {"latitude": position["latitude"], "longitude": position["longitude"], "accuracy_m": position.get("accuracy")}
            connection.execute(sa.update(table).where(table.c.instance_id == instance_id).values(**values))


def _position_in(value: Any) -> dict[str, Any] | None:
    """The first position of an answer, or of the answers within it; those of repeats are not where the interview was held."""
    if not isinstance(value, dict):
        return None
    if "latitude" in value and "longitude" in value:
        return value
    return next(filter(None, map(_position_in, value.values())), None)


def downgrade() -> None:
    """Take this revision back."""
    for name in ("ix_submissions_lead_started", "ix_submissions_device_started"):
        op.drop_index(name, table_name="submissions")
    for name in ("accuracy_m", "longitude", "latitude"):
        op.drop_column("submissions", name)
    op.drop_index("ix_flags_other_id", table_name="flags")
    op.drop_column("flags", "other_id")
    op.drop_index("ix_attachments_sha256", table_name="attachments")
    op.drop_table("visit_limits")
