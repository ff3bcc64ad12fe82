"""How many servers and kernels of a course's students ran at a time: the most of each day.

Promises: counted are the servers of those who opened something of the course since the day before,
without its staff; what is noted later never makes a number smaller.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, case, delete, insert, select, update

from proxy.store.course_tables import course_days, course_peaks
from proxy.store.statistics import staff_of
from proxy.store.tables import users

_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class Peak:
    """The most at a time."""

    servers: int = 0
    kernels: int = 0


def courses_at_work(
    connection: Connection, slugs: Sequence[str], since: int
) -> dict[str, set[str]]:
    """Return of these people by course who opened something of it since that day."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    staff: dict[str, set[int]] = {}
    for begin in range(0, len(slugs), _AT_ONCE):
        statement = (
            select(course_days.c.course, users.c.id, users.c.slug)
            .join(users, users.c.id == course_days.c.user_id)
            .where(users.c.slug.in_(slugs[begin : begin + _AT_ONCE]), ~users.c.is_admin)
            .where(course_days.c.day >= since)
            .distinct()
        )
        for course, user_id, slug in connection.execute(statement):
            if course not in staff:
                staff[course] = staff_of(connection, course)
            if user_id not in staff[course]:
                found[course].add(slug)
    return dict(found)


def note(connection: Connection, day: int, seen: Mapping[str, Peak]) -> None:
    """Keep what is more than was seen before on that day."""
    for course, peak in sorted(seen.items()):
        here = (course_peaks.c.course == course) & (course_peaks.c.day == day)
        servers, kernels = course_peaks.c.servers, course_peaks.c.kernels
        higher = {
            "servers": case((servers < peak.servers, peak.servers), else_=servers),
            "kernels": case((kernels < peak.kernels, peak.kernels), else_=kernels),
        }
        if not connection.execute(update(course_peaks).where(here).values(higher)).rowcount:
            row = {"course": course, "day": day, "servers": peak.servers, "kernels": peak.kernels}
            connection.execute(insert(course_peaks).values(row))


def find(connection: Connection, course: str, first: int, last: int) -> dict[int, Peak]:
    """Return them by day; a day on which none ran is not there."""
    statement = select(course_peaks.c.day, course_peaks.c.servers, course_peaks.c.kernels).where(
        course_peaks.c.course == course, course_peaks.c.day.between(first, last)
    )
    return {day: Peak(*numbers) for day, *numbers in connection.execute(statement)}


def forget(connection: Connection, before: int) -> None:
    """Delete what is older than that day."""
    connection.execute(delete(course_peaks).where(course_peaks.c.day < before))
