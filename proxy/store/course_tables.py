"""The tables of courses; the others are in `tables`. A change here needs a migration, too."""

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from proxy.store.tables import metadata

# Courses that come from a repository; `version` is the commit that is served, or empty.
courses = Table(
    "courses",
    metadata,
    Column("name", String(100), primary_key=True),
    Column("title", String(255), nullable=False),
    Column("url", Text, nullable=False),
    Column("branch", String(255), nullable=False),  # empty: the repository's own choice
    Column("directory", String(1024), nullable=False),  # below the repository; empty: all of it
    Column("enrolment", String(16), nullable=False),
    Column("update_every", Integer, nullable=False),  # seconds; 0 = by hand
    Column("version", String(64), nullable=False),
    Column("updated", Float),  # when that version came
    Column("problem", Text, nullable=False),  # why the latest update failed; empty if it did not
    Column("about", Text, nullable=False),  # what `sifu.toml` of that version says, as JSON
    Column("environment", String(64), nullable=False),  # the one that launches use; empty: none
    Column("created", Float, nullable=False),
    Column("archived", Float),
)

# Whom somebody here made a teacher or a student of a course.
course_people = Table(
    "course_people",
    metadata,
    Column("course", String(100), primary_key=True),
    Column("user_id", ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    Column("role", String(16), nullable=False),
    Column("added", Float, nullable=False),
    Column("seen", Float),  # when they last came by a link of the course, if ever
)

# What was done for a course in the background; what it wrote is in a file beside the database.
course_jobs = Table(
    "course_jobs",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("course", String(100), nullable=False, index=True),
    Column("kind", String(16), nullable=False),
    Column("state", String(16), nullable=False),
    Column("started", Float, nullable=False),
    Column("ended", Float),
    Column("by_slug", String(48), nullable=False),  # empty: a schedule or a webhook
    Column("summary", Text, nullable=False),
    sqlite_autoincrement=True,
)

# Which environments a course has had and may have again; the folders are below SIFU_NOTEBOOKS.
course_environments = Table(
    "course_environments",
    metadata,
    Column("course", String(100), primary_key=True),
    Column("name", String(64), primary_key=True),  # the folder's
    Column("digest", String(64), nullable=False),  # of what it was made from
    Column("version", String(64), nullable=False),  # the course's, when it was taken into use
    Column("used", Float, nullable=False),  # since when it is, or was last, the one in use
    Column("left", Float),  # since when it is not
    Column("set_aside", Boolean, nullable=False),  # somebody went back to the one before it
)

# Notebooks that somebody shows to whoever has the link; the page is a file beside the database.
snapshots = Table(
    "snapshots",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("token", String(64), nullable=False, unique=True),
    Column("user_id", ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("course", String(100), nullable=False),
    Column("path", String(1024), nullable=False),  # below the workspace
    Column("title", String(255), nullable=False),
    Column("size", Integer, nullable=False),
    Column("created", Float, nullable=False),
    Column("expires", Float),
    sqlite_autoincrement=True,
)

# What statistics call a notebook: its path below the course, without its suffix.
course_notebooks = Table(
    "course_notebooks",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("course", String(100), nullable=False),
    Column("notebook", String(512), nullable=False),
    Column("last", Float, nullable=False),  # when somebody opened it last
    UniqueConstraint("course", "notebook", name="uq_course_notebooks_notebook"),
    sqlite_autoincrement=True,  # a number is in people's days, and is never another notebook's
)

# What somebody opened of a course on a day; written as a `core.openings.DayLog`. One row for
# a person's day, and not for a notebook's: a month of a big course is read at once.
course_days = Table(
    "course_days",
    metadata,
    Column("course", String(100), primary_key=True),
    Column("day", Integer, primary_key=True),  # days since the epoch, UTC
    Column("user_id", ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    Column("notebooks", Text, nullable=False),
    Column("times", Text, nullable=False),
    Column("last", Float, nullable=False),  # when they opened something last
    sqlite_with_rowid=False,
)
Index("ix_course_days_user", course_days.c.user_id, course_days.c.day)

# How many servers and kernels of its students ran at a time, at most, on a day.
course_peaks = Table(
    "course_peaks",
    metadata,
    Column("course", String(100), primary_key=True),
    Column("day", Integer, primary_key=True),
    Column("servers", Integer, nullable=False),
    Column("kernels", Integer, nullable=False),
)
