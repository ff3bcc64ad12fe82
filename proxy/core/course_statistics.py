"""Statistics of a course out of the days of its students: counted in one pass, nothing looked up.

Promises: who is not among the students is not counted, whatever they opened; notebooks come
in the order of the course, then by name; students by how much they opened. A month of 2,000
students is counted in some hundredths of a second, so that a page may ask for it.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from proxy.core.course import Course
from proxy.core.openings import HOURS, name_of_notebook

_DIGITS: Final = re.compile(r"([0-9]+)")


class Logs(NamedTuple):
    """What somebody opened, of all days together.

    The texts are those of `DayLog`, the days numbers with blanks in between; `last` in seconds.
    """

    user: int
    notebooks: str
    times: str
    days: str
    last: float


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody by the name that pages show, and the slug in addresses."""

    slug: str
    name: str


@dataclass(frozen=True, slots=True)
class StudentCount:
    """`last` in seconds since the epoch, None if they opened nothing meanwhile."""

    person: Person
    openings: int
    notebooks: int
    days: int
    last: float | None


@dataclass(frozen=True, slots=True)
class NotebookCount:
    """By how many people a notebook was opened, and how often."""

    name: str
    people: int
    openings: int


@dataclass(frozen=True, slots=True)
class Statistics:
    """From the first day to the last one (days since the epoch, UTC), both included.

    `cells` holds for each of `students` how often they opened each of `notebooks`.
    """

    first: int
    last: int
    people_by_day: Sequence[int]
    openings_by_hour: Sequence[int]
    students: Sequence[StudentCount]
    notebooks: Sequence[NotebookCount]
    cells: Sequence[Sequence[int]]

    @property
    def openings(self) -> int:
        return sum(self.openings_by_hour)

    @property
    def active(self) -> int:
        """How many students opened something."""
        return sum(each.openings > 0 for each in self.students)

    @property
    def opened(self) -> int:
        """How many notebooks somebody opened."""
        return sum(each.openings > 0 for each in self.notebooks)


def count_logs(
    logs: Iterable[Logs],
    *,
    first: int,
    last: int,
    students: Mapping[int, Person],
    notebooks: Mapping[int, str],
    order: Sequence[str] = (),
) -> Statistics:
    """Count; `notebooks` are the names by number, `order` those that the course itself lists.

    Notebooks of the course's own order are there even if nobody opened them; others only if one of
    these students did: what staff or another teacher's students have is told nobody.
    """
    names, numbers = _columns(notebooks, order)
    counted = [
        (StudentCount(person, 0, 0, 0, None), [0] * len(names)) for person in students.values()
    ]
    rows = dict(zip(students, counted, strict=True))
    times, days = [], []
    for each in logs:
        if each.user in rows:
            rows[each.user] = _count(students[each.user], each, numbers)
            times.append(each.times)
            days.append(each.days)
    counted = sorted(rows.values(), key=lambda pair: _rank(pair[0]))
    seen, cells = _shown(names, [row for _, row in counted], own=len(set(order)))
    people = Counter(" ".join(days).split())
    text = "".join(times)
    return Statistics(
        first,
        last,
        [people[str(day)] for day in range(first, last + 1)],
        [text.count(hour) for hour in HOURS],
        [student for student, _ in counted],
        seen,
        cells,
    )


def titles_of(entry: Course | None) -> dict[str, str]:
    """Return what the course calls its notebooks, by their names here, in its own order."""
    tracks = () if entry is None else entry.outline.tracks
    return {name_of_notebook(each.path): each.title for track in tracks for each in track.notebooks}


def in_reading_order(names: Iterable[str]) -> list[str]:
    """Sort as people count: `week 2` before `week 10`."""
    return sorted(names, key=lambda name: (_parts(name), name))


def _parts(name: str) -> list[tuple[int, str]]:
    # Every second part is a number; ten thousand digits are none that anybody counts with.
    return [
        (int(part[:18]), "") if at % 2 else (0, part.casefold())
        for at, part in enumerate(_DIGITS.split(name))
    ]


def _columns(notebooks: Mapping[int, str], order: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the names in their order, and the number of each; empty where nobody opened it."""
    own = dict.fromkeys(order)
    others = in_reading_order(name for name in notebooks.values() if name not in own)
    names = [*own, *others]
    numbers = {name: str(number) for number, name in notebooks.items()}
    return names, [numbers.get(name, "") for name in names]


def _count(person: Person, logs: Logs, numbers: list[str]) -> tuple[StudentCount, list[int]]:
    # Texts are split and counted as they are: a quarter of a million of numbers made of them, one
    # by one, would take three times as long. What is not known any more counts in the sum alone.
    opened = Counter(logs.notebooks.split())
    cells = list(map(opened.__getitem__, numbers))
    unopened = cells.count(0)
    days = logs.days.count(" ") + 1
    student = StudentCount(person, opened.total(), len(cells) - unopened, days, logs.last)
    return student, cells


def _rank(student: StudentCount) -> tuple[int, str, str]:
    return -student.openings, student.person.name.casefold(), student.person.slug


def _shown(
    names: Sequence[str], cells: list[list[int]], *, own: int
) -> tuple[list[NotebookCount], list[list[int]]]:
    """Count the columns, and leave out those that are empty behind the course's own."""
    columns = zip(*cells, strict=True) if cells else ((),) * len(names)
    counted = [
        NotebookCount(name, len(column) - column.count(0), sum(column))
        for name, column in zip(names, columns, strict=True)
    ]
    kept = [at for at, each in enumerate(counted) if at < own or each.openings]
    if len(kept) < len(counted):
        cells = [[row[at] for at in kept] for row in cells]
    return [counted[at] for at in kept], cells
