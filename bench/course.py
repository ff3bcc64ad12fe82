"""A month of a big course, as 2,000 students leave it behind: for tests and `bench.statistics`.

Each student opens nine of ten notebooks, three of ten of those again on other days, in the weeks in
which the course comes to them, at the hours of a day at which students work.
"""

import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import islice

from sqlalchemy import Connection, insert

from proxy.core.course import Course, Enrolment, Outline, Track, TrackNotebook
from proxy.core.lti_roles import CourseRole
from proxy.core.openings import DayLog
from proxy.store import courses
from proxy.store.course_tables import course_days, course_notebooks, course_people
from proxy.store.tables import users

NAME = "python-intro"
_HOURS = (1, 1, 0, 0, 0, 0, 1, 2, 8, 14, 16, 12, 8, 12, 16, 14, 10, 8, 7, 9, 10, 8, 5, 3)


@dataclass(frozen=True, slots=True)
class Size:
    """How big; `first` in days since the epoch."""

    students: int = 2_000
    notebooks: int = 100
    days: int = 30
    first: int = 20_833


def fill(connection: Connection, size: Size, *, seed: int = 7) -> int:
    """Write such a course into an empty store; return the number of its openings."""
    draw = random.Random(seed)  # noqa: S311 (the same month each time)
    paths = [f"week {at // 7 + 1}/{at % 7 + 1} exercise" for at in range(size.notebooks)]
    courses.add(connection, _course(paths, size))
    _add_people(connection, size)
    rows = [
        {"id": at + 1, "course": NAME, "notebook": path, "last": float(at + 1)}
        for at, path in enumerate(paths)
    ]
    connection.execute(insert(course_notebooks), rows)
    number, days = 0, _days(size, draw)
    while part := list(islice(days, 5_000)):
        connection.execute(insert(course_days), [row for row, _ in part])
        number += sum(each for _, each in part)
    return number


def _course(paths: list[str], size: Size) -> Course:
    weeks: defaultdict[str, list[TrackNotebook]] = defaultdict(list)
    for path in paths:
        week, _, name = path.partition("/")
        weeks[week].append(TrackNotebook(f"{path}.ipynb", name))
    tracks = tuple(Track(week, tuple(listed)) for week, listed in weeks.items())
    return Course(
        NAME,
        "https://git.example.org/python-intro",
        size.first * 86_400.0,
        "Python from the beginning",
        enrolment=Enrolment.MEMBERS,
        outline=Outline(tracks=tracks),
    )


def _add_people(connection: Connection, size: Size) -> None:
    numbers = range(1000, 1000 + size.students)
    people = [
        {
            "id": number,
            "name": f"student {number}",
            "slug": f"student-{number}",
            "is_admin": False,
            "created": 1.0,
        }
        for number in numbers
    ]
    connection.execute(insert(users), people)
    listed = [
        {"course": NAME, "user_id": number, "role": CourseRole.STUDENT.value, "added": 1.0}
        for number in numbers
    ]
    connection.execute(insert(course_people), listed)


def _days(size: Size, draw: random.Random) -> Iterator[tuple[dict[str, object], int]]:
    """Yield rows of people's days, and how many openings each holds."""
    for number in range(1000, 1000 + size.students):
        zeal = draw.betavariate(6, 1)
        logs: defaultdict[int, DayLog] = defaultdict(DayLog)
        for notebook in range(size.notebooks):
            if draw.random() > zeal:
                continue
            for _ in range(1 if draw.random() < 0.7 else draw.randint(2, 5)):
                day = round(draw.gauss(notebook * size.days / size.notebooks, 3))
                day = min(max(day, 0), size.days - 1)
                (hour,) = draw.choices(range(24), _HOURS)
                minute = hour * 60 + draw.randrange(60)
                logs[day] = logs[day].with_opening(notebook + 1, minute) or logs[day]
        for day, log in sorted(logs.items()):
            at = float((size.first + day + 1) * 86_400 - 60)
            row = {"course": NAME, "day": size.first + day, "user_id": number, "last": at}
            row |= asdict(log)
            yield row, log.notebooks.count(" ") + 1
