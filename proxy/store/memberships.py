"""As what people came by which course page: read here, written by `arrivals`.

A place is a course page: a context of a platform. Promises: a role is told for its place alone; one
without a context, which any two links of a platform may share, makes nobody a teacher of others.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, exists, false, or_, select

from proxy.core.identity import User
from proxy.core.lti_roles import CourseRole
from proxy.store.tables import memberships
from proxy.store.tables import users as user_table
from proxy.store.users import from_row

MOST: Final = 10_000


@dataclass(frozen=True, slots=True)
class CoursePlace:
    """One course page of a platform."""

    platform_id: int
    context: str


@dataclass(frozen=True, slots=True)
class Membership:
    """Somebody in a place; `subject` is who they are to the platform."""

    user: User
    place: CoursePlace
    title: str
    role: CourseRole
    is_preview: bool
    subject: str
    members_url: str
    seen: float


def of_user(connection: Connection, user_id: int, course: str) -> list[Membership]:
    """Return where this person came by a page of this course, the latest first."""
    statement = _of_course(course).where(memberships.c.user_id == user_id)
    return [_from_row(row) for row in connection.execute(statement)]


def in_places(
    connection: Connection, course: str, places: Collection[CoursePlace] | None
) -> list[Membership]:
    """Return who came by these pages of the course (None: by any), the latest first."""
    statement = _of_course(course).where(is_within(memberships.c, places)).limit(MOST)
    return [_from_row(row) for row in connection.execute(statement)]


def is_in_places(
    connection: Connection, user_id: int, course: str, places: Collection[CoursePlace]
) -> bool:
    """Did this person come by one of these pages of the course?"""
    here = (memberships.c.user_id == user_id) & (memberships.c.course == course)
    found = exists().where(here, is_within(memberships.c, places))
    return bool(connection.execute(select(found)).scalar_one())


def courses_of(connection: Connection, user_id: int) -> list[str]:
    """Return the courses whose pages this person came by, by name."""
    statement = select(memberships.c.course).where(memberships.c.user_id == user_id)
    named = statement.where(memberships.c.course != "").distinct().order_by("course")
    return list(connection.execute(named).scalars())


def taught(found: Collection[Membership]) -> list[CoursePlace]:
    """Return the places of these memberships in which one is a teacher."""
    return [each.place for each in found if each.role is CourseRole.TEACHER and each.place.context]


def is_within(columns: Any, places: Collection[CoursePlace] | None) -> ColumnElement[bool]:
    """Return the condition that a row belongs to one of the places; None: that it is any row."""
    if places is None:
        return columns.platform_id.is_not(None)  # type: ignore[no-any-return]
    each = [
        and_(columns.platform_id == place.platform_id, columns.context == place.context)
        for place in places
    ]
    return or_(false(), *each)


def _of_course(course: str) -> Select[Any]:
    return (
        select(memberships, user_table)
        .join(user_table, user_table.c.id == memberships.c.user_id)
        .where(memberships.c.course == course)
        .order_by(memberships.c.seen.desc())
    )


def _from_row(row: Row[Any]) -> Membership:
    return Membership(
        user=from_row(row),
        place=CoursePlace(row.platform_id, row.context),
        title=row.context_title,
        role=CourseRole(row.role),
        is_preview=row.is_preview,
        subject=row.subject,
        members_url=row.members_url,
        seen=row.seen,
    )
