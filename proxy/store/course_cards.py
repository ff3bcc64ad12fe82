"""The courses that somebody has to do with: what a list of them shows.

Promises: whom nobody brought to a course does not learn of it, unless it is open to everybody; an
archived one is shown to who leads it alone.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from sqlalchemy import Connection, func, select

from proxy.core.course import Course, Enrolment
from proxy.core.identity import User
from proxy.core.lti_roles import CourseRole
from proxy.store import course_people, course_progress, courses, memberships
from proxy.store.course_progress import LastNotebook
from proxy.store.course_tables import course_people as people_table
from proxy.store.tables import memberships as membership_table
from proxy.store.tables import portal_members


class Standing(Enum):
    """What somebody is to a course."""

    LEADS = "leads"
    TEACHES = "teaches"  # by a learning platform's word: in their own places
    LEARNS = "learns"
    MAY_JOIN = "may join"


@dataclass(frozen=True, slots=True)
class CourseCard:
    """`entry` is None for a course without a repository; `last` is what they opened last.

    `people` counts who was brought, for who leads alone.
    """

    name: str
    title: str
    standing: Standing
    entry: Course | None = None
    last: LastNotebook | None = None
    people: int = 0

    @property
    def is_archived(self) -> bool:
        return self.entry is not None and self.entry.archived is not None


def cards_of(
    connection: Connection, user: User, *, also_open: bool, placed: Iterable[str] = ()
) -> list[CourseCard]:
    """Return the courses of this person by their titles; `also_open`: those to join, too.

    `placed` are courses without a repository, which administrators lead as the others.
    """
    entries = {each.name: each for each in courses.list_all(connection)}
    standings = _standings(connection, user, entries)
    if user.is_admin:
        standings |= dict.fromkeys(placed, Standing.LEADS)
    if also_open:
        for name, entry in entries.items():
            if entry.enrolment is Enrolment.OPEN:
                standings.setdefault(name, Standing.MAY_JOIN)
    found = [
        _card(connection, user, name, standing, entries.get(name))
        for name, standing in standings.items()
    ]
    shown = [each for each in found if not each.is_archived or each.standing is Standing.LEADS]
    return sorted(shown, key=lambda each: (each.title.casefold(), each.name))


def _standings(
    connection: Connection, user: User, entries: dict[str, Course]
) -> dict[str, Standing]:
    found = dict.fromkeys(_brought(connection, user), Standing.LEARNS)
    for name in memberships.courses_of(connection, user.id):
        taught = memberships.taught(memberships.of_user(connection, user.id, name))
        found[name] = Standing.TEACHES if taught else Standing.LEARNS
    for name in course_people.courses_of(connection, user.id):
        role = course_people.role_of(connection, name, user.id)
        if role is CourseRole.TEACHER:
            found[name] = Standing.LEADS
        else:
            found.setdefault(name, Standing.LEARNS)
    if user.is_admin:
        found |= dict.fromkeys(entries, Standing.LEADS)
    return found


def _brought(connection: Connection, user: User) -> list[str]:
    statement = select(portal_members.c.course).where(portal_members.c.user_id == user.id)
    return list(connection.execute(statement.distinct()).scalars())


def _card(
    connection: Connection, user: User, name: str, standing: Standing, entry: Course | None
) -> CourseCard:
    return CourseCard(
        name=name,
        title=entry.shown_title if entry else name,
        standing=standing,
        entry=entry,
        last=course_progress.last_notebook(connection, name, user.id),
        people=count_people(connection, name) if standing is Standing.LEADS else 0,
    )


def count_people(connection: Connection, course: str) -> int:
    """Return how many were brought to the course, by whatever way."""
    each = [
        select(table.c.user_id).where(table.c.course == course)
        for table in (people_table, membership_table, portal_members)
    ]
    everybody = each[0].union(*each[1:]).subquery()
    return connection.execute(select(func.count()).select_from(everybody)).scalar_one()
