"""How far the people of a course are: who they are, when they were last there, what they opened.

Promises: one row a person, whatever ways they came; a page of a course with thousands of people
asks what it needs for those whom it shows. Must not: tell of anybody outside the places asked for.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from sqlalchemy import Connection, func, select

from proxy.core.identity import User
from proxy.core.lti_roles import CourseRole
from proxy.store.course_tables import course_days, course_notebooks, course_people
from proxy.store.memberships import CoursePlace, is_within
from proxy.store.tables import memberships, portal_members, users
from proxy.store.users import from_row

MOST: Final = 20_000
_MOST_ASKED: Final = 500
Places = Collection[CoursePlace] | None


@dataclass(frozen=True, slots=True)
class Participant:
    """Somebody of the course; `listed` if a teacher here did it, so that it can be undone here.

    `opened` counts different notebooks. Times in seconds since the epoch.
    """

    user: User
    role: CourseRole
    listed: bool = False
    seen: float | None = None
    opened: int = 0


@dataclass(frozen=True, slots=True)
class Opened:
    """What somebody opened of a course, and when they last did."""

    number: int
    last: float


@dataclass(frozen=True, slots=True)
class LastNotebook:
    """Without its suffix."""

    notebook: str
    at: float


def participants(connection: Connection, course: str, taught: Places) -> list[Participant]:
    """Return who is in the course, by name, without what they opened; `taught` None: everybody."""
    found: dict[int, Participant] = {}
    for row in _rows(connection, memberships, course, is_within(memberships.c, taught)):
        _add(found, row, listed=False)
    if taught is None:
        for row in _rows(connection, portal_members, course):
            _add(found, row, listed=False)
        for row in _rows(connection, course_people, course):
            _add(found, row, listed=True)
    return sorted(found.values(), key=lambda each: (each.user.name.casefold(), each.user.id))


def opened(
    connection: Connection, course: str, people: Sequence[int] | None = None
) -> dict[int, Opened]:
    """Return it by the number of the user, of these or of all; who opened nothing is not in it."""
    columns = course_days.c
    statement = (
        select(
            columns.user_id,
            func.aggregate_strings(columns.notebooks, " "),
            func.max(columns.last),
        )
        .where(columns.course == course)
        .group_by(columns.user_id)
    )
    if people is not None:
        statement = statement.where(columns.user_id.in_(people[:_MOST_ASKED]))
    rows = connection.execute(statement)
    return {user_id: Opened(len(set(logs.split())), last) for user_id, logs, last in rows}


def with_opened(people: Iterable[Participant], known: dict[int, Opened]) -> list[Participant]:
    """Return the people with what they opened; that is when they were there, too."""
    found = []
    for each in people:
        what = known.get(each.user.id)
        if what is not None:
            seen = max(what.last, each.seen or 0.0)
            each = replace(each, opened=what.number, seen=seen)
        found.append(each)
    return found


def last_notebook(connection: Connection, course: str, user_id: int) -> LastNotebook | None:
    """Return what somebody opened last in the course."""
    statement = (
        select(course_days.c.notebooks, course_days.c.last)
        .where(course_days.c.course == course, course_days.c.user_id == user_id)
        .order_by(course_days.c.last.desc())
        .limit(1)
    )
    row = connection.execute(statement).first()
    numbers = [] if row is None else row.notebooks.split()
    if row is None or not numbers:
        return None
    named = select(course_notebooks.c.notebook).where(course_notebooks.c.id == int(numbers[-1]))
    notebook = connection.execute(named).scalar_one_or_none()
    return LastNotebook(notebook, row.last) if notebook else None


def _rows(connection: Connection, table: Any, course: str, *conditions: Any) -> Iterable[Any]:
    statement = (
        select(table.c.role.label("course_role"), table.c.seen.label("was_seen"), users)
        .join(users, users.c.id == table.c.user_id)
        .where(table.c.course == course, *conditions)
        .limit(MOST)
    )
    return connection.execute(statement)


def _add(found: dict[int, Participant], row: Any, *, listed: bool) -> None:
    """Who is a teacher by one way is one; seen is the latest of all ways."""
    before = found.get(row.id)
    new = Participant(from_row(row), CourseRole(row.course_role), listed, row.was_seen)
    if before is not None:
        is_teacher = CourseRole.TEACHER in {before.role, new.role}
        times = [each for each in (before.seen, new.seen) if each is not None]
        new = replace(
            new,
            role=CourseRole.TEACHER if is_teacher else CourseRole.STUDENT,
            listed=listed or before.listed,
            seen=max(times, default=None),
        )
    found[row.id] = new
