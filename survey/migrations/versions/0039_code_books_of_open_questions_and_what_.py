"""Code books of open questions and what they were coded as."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema to this revision."""
    op.create_table(
        "code_books",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("form_id", sa.String(length=128), nullable=False),
        sa.Column("question", sa.String(length=128), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(["created_by_id"], ["users.id"], name=op.f("fk_code_books_created_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_code_books")),
        sa.UniqueConstraint("form_id", "question", name=op.f("uq_code_books_form_id_question")),
    )
    op.create_table(
        "book_codes",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("code_book_id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("label_zh", sa.String(length=120), nullable=False),
        sa.Column("label_en", sa.String(length=120), nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.Column("example", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("is_retired", sa.Boolean(), nullable=False),
        sa.CheckConstraint("name <> ''", name=op.f("ck_book_codes_name")),
        sa.ForeignKeyConstraint(["code_book_id"], ["code_books.id"], name=op.f("fk_book_codes_code_book_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_book_codes")),
        sa.UniqueConstraint("code_book_id", "name", name=op.f("uq_book_codes_code_book_id_name")),
    )
    _create_rounds()


def _create_rounds() -> None:
    op.create_table(
        "coding_rounds",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("visit_id", sa.String(length=36), nullable=False),
        sa.Column("code_book_id", sa.String(length=36), nullable=False),
        sa.Column("first_coder_id", sa.String(length=36), nullable=False),
        sa.Column("second_coder_id", sa.String(length=36), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_by_id", sa.String(length=36), nullable=False),
        sa.CheckConstraint("first_coder_id <> second_coder_id", name=op.f("ck_coding_rounds_coders")),
        sa.ForeignKeyConstraint(["code_book_id"], ["code_books.id"], name=op.f("fk_coding_rounds_code_book_id")),
        sa.ForeignKeyConstraint(["first_coder_id"], ["users.id"], name=op.f("fk_coding_rounds_first_coder_id")),
        sa.ForeignKeyConstraint(["opened_by_id"], ["users.id"], name=op.f("fk_coding_rounds_opened_by_id")),
        sa.ForeignKeyConstraint(["second_coder_id"], ["users.id"], name=op.f("fk_coding_rounds_second_coder_id")),
        sa.ForeignKeyConstraint(["visit_id"], ["visits.id"], name=op.f("fk_coding_rounds_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coding_rounds")),
        sa.UniqueConstraint("visit_id", "code_book_id", name=op.f("uq_coding_rounds_visit_id_code_book_id")),
    )
    with op.batch_alter_table("coding_rounds", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_coding_rounds_code_book_id"), ["code_book_id"], unique=False)

    op.create_table(
        "codings",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("round_id", sa.String(length=36), nullable=False),
        sa.Column("instance_id", sa.String(length=64), nullable=False),
        sa.Column("part", sa.String(length=8), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("codes", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("text_hash", sa.String(length=64), nullable=False),
        sa.Column("coder_id", sa.String(length=36), nullable=False),
        sa.Column("coded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("part IN ('first', 'second', 'settled')", name=op.f("ck_codings_part")),
        sa.ForeignKeyConstraint(["coder_id"], ["users.id"], name=op.f("fk_codings_coder_id")),
        sa.ForeignKeyConstraint(["instance_id"], ["submissions.instance_id"], name=op.f("fk_codings_instance_id")),
        sa.ForeignKeyConstraint(["round_id"], ["coding_rounds.id"], name=op.f("fk_codings_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_codings")),
        sa.UniqueConstraint("round_id", "instance_id", "part", "number", name=op.f("uq_codings_round_id_instance_id_part_number")),
    )
    with op.batch_alter_table("codings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_codings_instance_id"), ["instance_id"], unique=False)


def downgrade() -> None:
    """Take this revision back."""
    with op.batch_alter_table("codings", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_codings_instance_id"))

    op.drop_table("codings")
    with op.batch_alter_table("coding_rounds", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_coding_rounds_code_book_id"))

    op.drop_table("coding_rounds")
    op.drop_table("book_codes")
    op.drop_table("code_books")
