"""The first tables: conversations, sealed documents, the outbox, staff accounts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "books",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("digest"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "documents",
        sa.Column("reference", sa.String(length=8), nullable=False),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("lookup", sa.LargeBinary(length=32), nullable=True),
        sa.Column("mailbox", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("reference"),
        sa.UniqueConstraint("lookup"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "inbox",
        sa.Column("mark", sa.LargeBinary(length=32), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("mark"),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_inbox_day"), "inbox", ["day"], unique=False)
    op.create_table(
        "invites",
        sa.Column("mark", sa.LargeBinary(length=32), nullable=False),
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("expires_hour", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("mark"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("template", sa.String(length=32), nullable=False),
        sa.Column("reference", sa.String(length=8), nullable=False),
        sa.Column("recipient", sa.String(length=64), nullable=False),
        sa.Column("priority", sa.String(length=8), nullable=False),
        sa.Column("deadline_hour", sa.Integer(), nullable=False),
        sa.Column("due", sa.BigInteger(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("fault", sa.String(length=32), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("template", "reference", "recipient", name="outbox_once"),
        sqlite_with_rowid=False,
    )
    op.create_index("outbox_due", "outbox", ["state", "due"], unique=False)
    op.create_table(
        "sessions",
        sa.Column("pseudonym", sa.LargeBinary(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("touched_hour", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("pseudonym"),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_sessions_touched_hour"), "sessions", ["touched_hour"], unique=False)
    op.create_table(
        "staff",
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("mark", sa.LargeBinary(length=32), nullable=False),
        sa.Column("address", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("person"),
        sa.UniqueConstraint("mark"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "slots",
        sa.Column("pseudonym", sa.LargeBinary(length=32), nullable=False),
        sa.Column("slot", sa.String(length=32), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["pseudonym"], ["sessions.pseudonym"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("pseudonym", "slot"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "wraps",
        sa.Column("reference", sa.String(length=8), nullable=False),
        sa.Column("recipient", sa.String(length=64), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("key_id", sa.String(length=32), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("acknowledged_hour", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["reference"], ["documents.reference"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("reference", "recipient"),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("wraps")
    op.drop_table("slots")
    op.drop_table("staff")
    op.drop_index(op.f("ix_sessions_touched_hour"), table_name="sessions")
    op.drop_table("sessions")
    op.drop_index("outbox_due", table_name="outbox")
    op.drop_table("outbox")
    op.drop_table("invites")
    op.drop_index(op.f("ix_inbox_day"), table_name="inbox")
    op.drop_table("inbox")
    op.drop_table("documents")
    op.drop_table("books")
