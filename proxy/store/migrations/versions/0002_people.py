"""Accounts that can be closed and have a number of their own; what happened; switches."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add columns in place.

    Never by copying `users`: with foreign keys on, SQLite would take its sessions and tokens along
    when it drops the old table. So what is unique is an index, not a constraint.
    """
    op.add_column("users", sa.Column("uid", sa.Integer))
    op.create_index("uq_users_uid", "users", ["uid"], unique=True)
    op.add_column(
        "users",
        sa.Column("disabled", sa.Boolean, nullable=False, server_default=sa.false()),
    )
    op.create_table(
        "events",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("at", sa.Float, nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("user_slug", sa.String(48), nullable=False),
        sa.Column("server", sa.String(100), nullable=False),
        sa.Column("course", sa.String(100), nullable=False),
        sa.Column("about", sa.Text, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_events_at", "events", ["at"])
    op.create_index("ix_events_kind", "events", ["kind"])
    op.create_table(
        "switches",
        sa.Column("name", sa.String(32), primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
        sa.Column("changed", sa.Float, nullable=False),
    )
