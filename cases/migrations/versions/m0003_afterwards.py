"""What comes after a report: answers, additions, withdrawal, and wrong numbers that cost time."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "statuses",
        sa.Column("reference", sa.String(length=8), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["reference"], ["documents.reference"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("reference"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "additions",
        sa.Column("reference", sa.String(length=8), nullable=False),
        sa.Column("about", sa.String(length=8), nullable=False),
        sa.ForeignKeyConstraint(["reference"], ["documents.reference"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["about"], ["documents.reference"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("reference"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_additions_about", "additions", ["about"])
    op.create_table(
        "messages",
        sa.Column("reference", sa.String(length=8), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("recipient", sa.String(length=64), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["reference"], ["documents.reference"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("reference", "number"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "tombstones",
        sa.Column("lookup", sa.LargeBinary(length=32), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("ended", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("lookup"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "tries",
        sa.Column("mark", sa.LargeBinary(length=32), nullable=False),
        sa.Column("wrong", sa.Integer(), nullable=False),
        sa.Column("until_minute", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("mark"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_tries_until_minute", "tries", ["until_minute"])


def downgrade() -> None:
    op.drop_index("ix_tries_until_minute", table_name="tries")
    op.drop_table("tries")
    op.drop_table("tombstones")
    op.drop_table("messages")
    op.drop_index("ix_additions_about", table_name="additions")
    op.drop_table("additions")
    op.drop_table("statuses")
