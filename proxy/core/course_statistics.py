"""Statistics of a course out of the days of its students: counted in one pass, nothing looked up.

Promises: who is not among the students is not counted, whatever stands in the days; notebooks come
in the order of the course, then by name; students by how much they opened. A month of 2,000
students is counted in some hundredths of a second, so that a page may ask for it.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from proxy.core.course import Course
from proxy.core.openings import DAY_SECONDS, HOURS, minute_of, name_of_notebook

_DIGITS: Final = re.compile(r"([0-9]+)")


class Day(NamedTuple):
    """Everybody's logs of one day: the number of a user, and the two texts of their `DayLog`."""

    number: int
    logs: Iterable[Sequence[str]]


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


class _Columns(dict[str, int]):
    """The place of each notebook by its number; what is not known any more has one behind all."""

    def __init__(self, places: Mapping[str, int], behind: int) -> None:
        super().__init__(places)
        self._behind = behind

    def __missing__(self, number: str) -> int:
        return self._behind


def count_days(
    days: Iterable[Day],
    *,
    first: int,
    last: int,
    students: Mapping[int, Person],
    notebooks: Mapping[int, str],
    order: Sequence[str] = (),
) -> Statistics:
    """Count; `days` are sorted by day, `notebooks` the names by number, `order` the course's own.

    Notebooks of the course's own order are there even if nobody opened them.
    """
    # Texts are split and counted as they are: a quarter of a million of numbers made of them, one
    # by one, would take three times as long.
    opened: dict[str, list[str]] = {str(user): [] for user in students}
    latest: dict[str, tuple[int, str]] = {}
    times: list[str] = []
    people = dict.fromkeys(range(first, last + 1), 0)
    for day, logs in days:
        for user, notebooks_of, times_of in logs:
            mine = opened.get(user)
            if mine is not None and notebooks_of:
                mine.append(notebooks_of)
                times.append(times_of)
                latest[user] = (day, times_of)
                people[day] += 1
    titles, columns = _columns(notebooks, order)
    counted = []
    for number, person in students.items():
        user = str(number)
        cells = _cells(opened[user], columns, len(titles))
        counted.append((_count(person, cells, len(opened[user]), latest.get(user)), cells[:-1]))
    counted.sort(key=lambda pair: _rank(pair[0]))
    cells_of_all = [cells for _, cells in counted]
    return Statistics(
        first,
        last,
        list(people.values()),
        _hours(times),
        [student for student, _ in counted],
        _count_notebooks(titles, cells_of_all),
        cells_of_all,
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


def _columns(notebooks: Mapping[int, str], order: Sequence[str]) -> tuple[list[str], _Columns]:
    own = dict.fromkeys(order)
    others = in_reading_order(name for name in set(notebooks.values()) if name not in own)
    names = [*own, *others]
    places = {name: at for at, name in enumerate(names)}
    found = {str(number): places[name] for number, name in notebooks.items()}
    return names, _Columns(found, len(names))


def _cells(logs: Iterable[str], columns: _Columns, number: int) -> list[int]:
    """Return how often each was opened; the last cell holds what nobody can name any more."""
    cells = [0] * (number + 1)
    for notebook, times in Counter(" ".join(logs).split()).items():
        cells[columns[notebook]] += times
    return cells


def _hours(times: Iterable[str]) -> list[int]:
    text = "".join(times)
    return [text.count(hour) for hour in HOURS]


def _count(
    person: Person, cells: list[int], days: int, latest: tuple[int, str] | None
) -> StudentCount:
    last = None
    if latest is not None:
        day, times = latest
        last = float(day * DAY_SECONDS + minute_of(times[-3:]) * 60)
    unopened = cells.count(0) - (cells[-1] == 0)
    return StudentCount(person, sum(cells), len(cells) - 1 - unopened, days, last)


def _rank(student: StudentCount) -> tuple[int, str, str]:
    return -student.openings, student.person.name.casefold(), student.person.slug


def _count_notebooks(names: Sequence[str], cells: Sequence[Sequence[int]]) -> list[NotebookCount]:
    columns = zip(*cells, strict=True) if cells else ((),) * len(names)
    return [
        NotebookCount(name, len(column) - column.count(0), sum(column))
        for name, column in zip(names, columns, strict=True)
    ]
