"""Who is away, and test alerts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "duty",
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("until_hour", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("person"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "trials",
        sa.Column("reference", sa.String(length=8), nullable=False),
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("sent_day", sa.Integer(), nullable=False),
        sa.Column("answered_day", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("reference"),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_trials_person"), "trials", ["person"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_trials_person"), table_name="trials")
    op.drop_table("trials")
    op.drop_table("duty")
