"""Courses, what belongs to them, snapshots, who opened what on which day, and who helps whom."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables, and whom a session helps."""
    _courses()
    _people()
    _jobs()
    _environments()
    _snapshots()
    _days()
    for name in ("helping", "helping_course"):
        column = sa.Column(name, sa.String(100), nullable=False, server_default="")
        op.add_column("sessions", column)
    op.create_index("ix_events_server", "events", ["server", "at"])


def _user() -> sa.Column[int]:
    return sa.Column(
        "user_id", sa.Integer, sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=False
    )


def _courses() -> None:
    op.create_table(
        "courses",
        sa.Column("name", sa.String(100), primary_key=True),
        sa.Column("title", sa.String(255), nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("branch", sa.String(255), nullable=False),
        sa.Column("directory", sa.String(1024), nullable=False),
        sa.Column("enrolment", sa.String(16), nullable=False),
        sa.Column("update_every", sa.Integer, nullable=False),
        sa.Column("version", sa.String(64), nullable=False),
        sa.Column("updated", sa.Float),
        sa.Column("problem", sa.Text, nullable=False),
        sa.Column("about", sa.Text, nullable=False),
        sa.Column("environment", sa.String(64), nullable=False),
        sa.Column("created", sa.Float, nullable=False),
        sa.Column("archived", sa.Float),
    )


def _people() -> None:
    op.create_table(
        "course_people",
        sa.Column("course", sa.String(100), nullable=False),
        _user(),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("added", sa.Float, nullable=False),
        sa.Column("seen", sa.Float),
        sa.PrimaryKeyConstraint("course", "user_id"),
    )


def _jobs() -> None:
    op.create_table(
        "course_jobs",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("course", sa.String(100), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("started", sa.Float, nullable=False),
        sa.Column("ended", sa.Float),
        sa.Column("by_slug", sa.String(48), nullable=False),
        sa.Column("summary", sa.Text, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_course_jobs_course", "course_jobs", ["course"])


def _environments() -> None:
    op.create_table(
        "course_environments",
        sa.Column("course", sa.String(100), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("version", sa.String(64), nullable=False),
        sa.Column("used", sa.Float, nullable=False),
        sa.Column("left", sa.Float),
        sa.Column("set_aside", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("course", "name"),
    )


def _snapshots() -> None:
    op.create_table(
        "snapshots",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("token", sa.String(64), nullable=False),
        _user(),
        sa.Column("course", sa.String(100), nullable=False),
        sa.Column("path", sa.String(1024), nullable=False),
        sa.Column("title", sa.String(255), nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("created", sa.Float, nullable=False),
        sa.Column("expires", sa.Float),
        sa.UniqueConstraint("token", name="uq_snapshots_token"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_snapshots_user_id", "snapshots", ["user_id"])


def _days() -> None:
    op.create_table(
        "course_notebooks",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("course", sa.String(100), nullable=False),
        sa.Column("notebook", sa.String(512), nullable=False),
        sa.Column("last", sa.Float, nullable=False),
        sa.UniqueConstraint("course", "notebook", name="uq_course_notebooks_notebook"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "course_days",
        sa.Column("course", sa.String(100), nullable=False),
        sa.Column("day", sa.Integer, nullable=False),
        _user(),
        sa.Column("notebooks", sa.Text, nullable=False),
        sa.Column("times", sa.Text, nullable=False),
        sa.Column("last", sa.Float, nullable=False),
        sa.PrimaryKeyConstraint("course", "day", "user_id"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_course_days_user", "course_days", ["user_id", "day"])
    op.create_table(
        "course_peaks",
        sa.Column("course", sa.String(100), nullable=False),
        sa.Column("day", sa.Integer, nullable=False),
        sa.Column("servers", sa.Integer, nullable=False),
        sa.Column("kernels", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("course", "day"),
    )
