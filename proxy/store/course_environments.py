"""Which environment a course uses, and which it used before.

Promises: a course moves from one to another in one transaction, or not at all; what somebody went
back from is marked, so that nothing takes it into use again by itself. A folder that no row names
is nobody's. Must not: know what is in those folders.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from proxy.core.errors import Conflict, NotFound
from proxy.store.course_tables import course_environments, courses


@dataclass(frozen=True, slots=True)
class UsedEnvironment:
    """A row; `left` is None for the one in use."""

    course: str
    name: str
    digest: str
    version: str
    used: float
    left: float | None = None
    set_aside: bool = False


def of_course(connection: Connection, course: str) -> list[UsedEnvironment]:
    """Return those of a course, the one in use or used last first."""
    table = course_environments
    chosen = select(table).where(table.c.course == course)
    ordered = chosen.order_by(table.c.left.is_not(None), table.c.used.desc(), table.c.name)
    return [_from_row(row) for row in connection.execute(ordered)]


def list_all(connection: Connection) -> list[UsedEnvironment]:
    """Return those of all courses, by course, the one in use or used last first."""
    table = course_environments
    ordered = select(table).order_by(
        table.c.course, table.c.left.is_not(None), table.c.used.desc(), table.c.name
    )
    return [_from_row(row) for row in connection.execute(ordered)]


def find_digest(connection: Connection, digest: str) -> list[str]:
    """Return the names of those that were made from the same, whoever's."""
    table = course_environments
    chosen = select(table.c.name).where(table.c.digest == digest).order_by(table.c.used.desc())
    return list(dict.fromkeys(connection.execute(chosen).scalars()))


def use(connection: Connection, wanted: UsedEnvironment, now: float) -> None:
    """Take it into use; raises `NotFound` if the course is gone meanwhile."""
    _point(connection, wanted.course, wanted.name)
    table = course_environments
    connection.execute(delete(table).where(_is(wanted.course, wanted.name)))
    _leave_others(connection, wanted.course, now)
    values = {
        "course": wanted.course,
        "name": wanted.name,
        "digest": wanted.digest,
        "version": wanted.version,
        "used": now,
        "left": None,
        "set_aside": False,
    }
    connection.execute(insert(table).values(values))


def use_none(connection: Connection, course: str, now: float) -> None:
    """Go on without one: the course names no packages any more."""
    _point(connection, course, "")
    _leave_others(connection, course, now)


def roll_back(connection: Connection, course: str, now: float, usable: Collection[str]) -> str:
    """Go back to the one before of those that can be used, or to none, and return its name.

    Raises `Conflict` if there is nothing to go back from, `NotFound` without the course.
    """
    known = of_course(connection, course)
    current = next((each for each in known if each.left is None), None)
    if current is None:
        raise Conflict(f"“{course}” uses no environment: there is nothing to go back from.")
    before = before_this(known, usable)
    _leave_others(connection, course, now)
    table = course_environments
    connection.execute(update(table).where(_is(course, current.name)).values(set_aside=True))
    if before is None:
        _point(connection, course, "")
        return ""
    _point(connection, course, before.name)
    connection.execute(update(table).where(_is(course, before.name)).values(left=None, used=now))
    return before.name


def before_this(
    known: Sequence[UsedEnvironment], usable: Collection[str]
) -> UsedEnvironment | None:
    """Return which of them somebody would go back to."""
    return next(
        (
            each
            for each in known
            if each.left is not None and not each.set_aside and each.name in usable
        ),
        None,
    )


def forget(connection: Connection, course: str, name: str) -> None:
    """Forget one that is not in use."""
    table = course_environments
    connection.execute(delete(table).where(_is(course, name), table.c.left.is_not(None)))


def forget_removed(connection: Connection) -> None:
    """Forget those of courses that are gone."""
    table = course_environments
    connection.execute(delete(table).where(table.c.course.not_in(select(courses.c.name))))


def _point(connection: Connection, course: str, name: str) -> None:
    found = connection.execute(
        update(courses).where(courses.c.name == course).values(environment=name)
    )
    if not found.rowcount:
        raise NotFound(f"There is no course “{course}”.")


def _leave_others(connection: Connection, course: str, now: float) -> None:
    table = course_environments
    connection.execute(
        update(table).where(table.c.course == course, table.c.left.is_(None)).values(left=now)
    )


def _is(course: str, name: str) -> Any:
    return (course_environments.c.course == course) & (course_environments.c.name == name)


def _from_row(row: Row[Any]) -> UsedEnvironment:
    return UsedEnvironment(
        course=row.course,
        name=row.name,
        digest=row.digest,
        version=row.version,
        used=row.used,
        left=row.left,
        set_aside=row.set_aside,
    )
