"""Whom somebody here made a teacher or a student of a course."""

from dataclasses import dataclass

from sqlalchemy import Connection, delete, exists, insert, select, update

from proxy.core.identity import User
from proxy.core.lti_roles import CourseRole
from proxy.store.course_tables import course_people
from proxy.store.tables import users as user_table
from proxy.store.users import from_row

MOST = 10_000


@dataclass(frozen=True, slots=True)
class CoursePerson:
    """Somebody who is listed; `added` in seconds since the epoch."""

    user: User
    role: CourseRole
    added: float


def set_role(
    connection: Connection, course: str, user_id: int, role: CourseRole, now: float
) -> None:
    """List a person, or change what they are."""
    here = (course_people.c.course == course) & (course_people.c.user_id == user_id)
    if not connection.execute(update(course_people).where(here).values(role=role.value)).rowcount:
        row = {"course": course, "user_id": user_id, "role": role.value, "added": now}
        connection.execute(insert(course_people).values(row))


def remove(connection: Connection, course: str, user_id: int) -> bool:
    """Take somebody off the list; False if they are not on it."""
    here = (course_people.c.course == course) & (course_people.c.user_id == user_id)
    return bool(connection.execute(delete(course_people).where(here)).rowcount)


def role_of(connection: Connection, course: str, user_id: int) -> CourseRole | None:
    """Return what somebody was made, None if nothing."""
    found = connection.execute(
        select(course_people.c.role).where(
            course_people.c.course == course, course_people.c.user_id == user_id
        )
    ).scalar_one_or_none()
    return None if found is None else CourseRole(found)


def note_seen(connection: Connection, course: str, user_id: int, now: float) -> None:
    """Somebody came by a link of the course; who is not on its list comes on it, as a student."""
    here = (course_people.c.course == course) & (course_people.c.user_id == user_id)
    if not connection.execute(update(course_people).where(here).values(seen=now)).rowcount:
        row = {"course": course, "user_id": user_id, "role": CourseRole.STUDENT.value}
        connection.execute(insert(course_people).values(row | {"added": now, "seen": now}))


def has_come(connection: Connection, course: str, user_id: int) -> bool:
    """Did somebody who is listed ever come by a link of the course?"""
    came = exists().where(
        course_people.c.course == course,
        course_people.c.user_id == user_id,
        course_people.c.seen.is_not(None),
    )
    return bool(connection.execute(select(came)).scalar_one())


def teaches(connection: Connection, user_id: int) -> bool:
    """Is somebody listed as a teacher, of whatever course?"""
    listed = exists().where(
        course_people.c.user_id == user_id, course_people.c.role == CourseRole.TEACHER.value
    )
    return bool(connection.execute(select(listed)).scalar_one())


def list_of(connection: Connection, course: str) -> list[CoursePerson]:
    """Return who is listed, by name."""
    statement = (
        select(course_people, user_table)
        .join(user_table, user_table.c.id == course_people.c.user_id)
        .where(course_people.c.course == course)
        .order_by(user_table.c.name)
        .limit(MOST)
    )
    return [
        CoursePerson(from_row(row), CourseRole(row.role), row.added)
        for row in connection.execute(statement)
    ]


def courses_of(connection: Connection, user_id: int) -> list[str]:
    """Return the courses for which somebody is listed, by name."""
    statement = select(course_people.c.course).where(course_people.c.user_id == user_id)
    return list(connection.execute(statement.order_by("course")).scalars())


def led_by(connection: Connection, user_id: int) -> frozenset[str]:
    """Return the courses of which somebody here was made a teacher."""
    statement = select(course_people.c.course).where(
        course_people.c.user_id == user_id, course_people.c.role == CourseRole.TEACHER.value
    )
    return frozenset(connection.execute(statement).scalars())
