"""What the database is for: the real thing, or practice."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "installation",
        sa.Column("use", sa.String(length=8), nullable=False),
        sa.PrimaryKeyConstraint("use"),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("installation")
