"""What statistics of a course are made of: days of its students, names of its notebooks.

Promises: staff is never a student: administrators, whoever teaches the course by a list of ours, a
platform or a portal, and a platform's preview of one. Of a teacher by a platform the students are
those of their own places. Days are kept by their own age, not by that of events.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Select, Text, cast, delete, func, select, union

from proxy.core.course_statistics import Logs, Person, Statistics, count_logs
from proxy.core.lti_roles import CourseRole
from proxy.core.openings import DAY_SECONDS
from proxy.store.course_tables import course_days, course_notebooks, course_people
from proxy.store.memberships import CoursePlace, is_within
from proxy.store.tables import memberships, portal_members, users

KEPT_DAYS: Final = 3 * 366
MOST_NOTEBOOKS: Final = 2_000


@dataclass(frozen=True, slots=True)
class WantedStatistics:
    """Which days of which course, for whom: `places` as in `CourseView.taught`.

    `order` are the notebooks as the course lists them.
    """

    course: str
    first: int
    last: int
    places: Sequence[CoursePlace] | None
    order: tuple[str, ...] = ()


def look(connection: Connection, wanted: WantedStatistics) -> Statistics:
    """Read and count."""
    return count_logs(
        _logs(connection, wanted),
        first=wanted.first,
        last=wanted.last,
        students=_students(connection, wanted),
        notebooks=_notebooks(connection, wanted.course),
        order=wanted.order,
    )


def newest(connection: Connection, course: str) -> float:
    """Return when somebody opened something last, 0 if nobody did; no two openings have one."""
    statement = select(func.max(course_notebooks.c.last)).where(course_notebooks.c.course == course)
    return connection.execute(statement).scalar_one() or 0.0


def staff_of(connection: Connection, course: str) -> set[int]:
    """Return the numbers of those who are no students of it, administrators left aside."""
    teaching = [
        _of(table, course).where(table.c.role == CourseRole.TEACHER.value)
        for table in (course_people, memberships, portal_members)
    ]
    preview = _of(memberships, course).where(memberships.c.is_preview)
    return set(connection.execute(union(*teaching, preview)).scalars())


def prune(connection: Connection, before: int, *, most: int) -> int:
    """Delete at most so many days from before that one; return how many it were."""
    columns = (course_days.c.course, course_days.c.day, course_days.c.user_id)
    old = select(*columns).where(course_days.c.day < before).limit(most)
    number = 0
    for course, day, user_id in connection.execute(old).fetchall():
        here = (course_days.c.course == course) & (course_days.c.day == day)
        connection.execute(delete(course_days).where(here, course_days.c.user_id == user_id))
        number += 1
    if not number:
        over = course_notebooks.c.last < before * DAY_SECONDS
        connection.execute(delete(course_notebooks).where(over))
    return number


def _logs(connection: Connection, wanted: WantedStatistics) -> Iterator[Logs]:
    """Yield the days of each person, made one text by the database: rows are dear, texts are not.

    In what order the days come the database may choose, for nothing depends on it.
    """
    columns = course_days.c
    statement = (
        select(
            columns.user_id,
            func.aggregate_strings(columns.notebooks, " "),
            func.aggregate_strings(columns.times, ""),
            func.aggregate_strings(cast(columns.day, Text), " "),
            func.max(columns.last),
        )
        .where(_is_within_days(wanted))
        .group_by(columns.user_id)
    )
    for row in connection.execute(statement):
        yield Logs(*row)


def _is_within_days(wanted: WantedStatistics) -> ColumnElement[bool]:
    days = course_days.c.day.between(wanted.first, wanted.last)
    return (course_days.c.course == wanted.course) & days


def _notebooks(connection: Connection, course: str) -> dict[int, str]:
    """Return those that were opened last."""
    statement = (
        select(course_notebooks.c.id, course_notebooks.c.notebook)
        .where(course_notebooks.c.course == course)
        .order_by(course_notebooks.c.last.desc())
        .limit(MOST_NOTEBOOKS)
    )
    return {row.id: row.notebook for row in connection.execute(statement)}


def _students(connection: Connection, wanted: WantedStatistics) -> dict[int, Person]:
    statement = select(users.c.id, users.c.slug, users.c.name).where(
        users.c.id.in_(_present(wanted)), ~users.c.is_admin
    )
    staff = staff_of(connection, wanted.course)
    return {
        number: Person(slug, name)
        for number, slug, name in connection.execute(statement)
        if number not in staff
    }


def _present(wanted: WantedStatistics) -> Any:
    """Return who is listed, or opened something; of a platform's teacher, whom it lists."""
    course, places = wanted.course, wanted.places
    arrived = _of(memberships, course).where(is_within(memberships.c, places))
    if places is not None:
        return arrived
    # A course that is open to everybody lists nobody.
    busy = select(course_days.c.user_id).where(_is_within_days(wanted))
    return union(arrived, busy, *(_of(table, course) for table in (course_people, portal_members)))


def _of(table: Any, course: str) -> Select[Any]:
    return select(table.c.user_id).where(table.c.course == course)
