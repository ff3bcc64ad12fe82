"""Statistics as lines of a file, for spreadsheets (RFC 4180).

Promises: no cell is a formula, whatever people and notebooks are called (`event_export.defused`);
days are dates, hours are those of UTC.
"""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final

from proxy.core.course_statistics import Statistics
from proxy.core.event_export import defused, iso_time
from proxy.core.statistics_span import say_day

_Cell = str | int


def write_csv(name: str, statistics: Statistics) -> str:
    """Return one of `FILES` as text."""
    page = io.StringIO()
    writer = csv.writer(page)
    for row in FILES[name](statistics):
        writer.writerow([defused(cell) if isinstance(cell, str) else cell for cell in row])
    return page.getvalue()


def write_peaks(peaks: Mapping[int, tuple[int, int]]) -> str:
    """Return how many servers and kernels ran at a time, by day, as text."""
    page = io.StringIO()
    writer = csv.writer(page)
    writer.writerow(("date", "servers", "kernels"))
    writer.writerows((say_day(day), *numbers) for day, numbers in sorted(peaks.items()))
    return page.getvalue()


def _students(found: Statistics) -> Iterator[Sequence[_Cell]]:
    yield ("date", "students")
    for at, number in enumerate(found.people_by_day):
        yield (say_day(found.first + at), number)


def _people(found: Statistics) -> Iterator[Sequence[_Cell]]:
    yield ("student", "slug", "openings", "notebooks", "days", "last")
    for each in found.students:
        last = "" if each.last is None else iso_time(each.last)
        person = each.person
        yield (person.name, person.slug, each.openings, each.notebooks, each.days, last)


def _notebooks(found: Statistics) -> Iterator[Sequence[_Cell]]:
    yield ("notebook", "students", "openings")
    for each in found.notebooks:
        yield (each.name, each.people, each.openings)


def _matrix(found: Statistics) -> Iterator[Sequence[_Cell]]:
    yield ("student", "slug", *(each.name for each in found.notebooks))
    for each, cells in zip(found.students, found.cells, strict=True):
        yield (each.person.name, each.person.slug, *cells)


def _hours(found: Statistics) -> Iterator[Sequence[_Cell]]:
    yield ("hour (UTC)", "openings")
    for hour, number in enumerate(found.openings_by_hour):
        yield (f"{hour:02}:00", number)


FILES: Final[Mapping[str, Callable[[Statistics], Iterable[Sequence[_Cell]]]]] = {
    "students": _students,
    "people": _people,
    "notebooks": _notebooks,
    "matrix": _matrix,
    "hours": _hours,
}
