"""The table of a course page: who is in the course, and how each notebook of theirs was scored.

Rules. (1) Somebody is one row, whether the platform lists them, or they came by a page, or both: by
(platform, subject). (2) Of each notebook the latest score counts. (3) Teachers come first, then by
name.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from proxy.core.lti_roles import CourseRole

Key = tuple[int, str]


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in a course; `slug` and `seen` only if they were here."""

    name: str
    role: CourseRole
    slug: str = ""
    seen: float | None = None
    is_preview: bool = False
    is_listed: bool = False
    marks: tuple["Mark", ...] = ()


@dataclass(frozen=True, slots=True)
class Mark:
    """The latest score of a notebook; `state` is a word of `ScoreState`."""

    notebook: str
    given: float
    most: float
    state: str
    comment: str = ""


@dataclass(slots=True)
class Gradebook:
    """Filled row by row, in any order."""

    people: dict[Key, Person] = field(default_factory=dict)

    def add_listed(self, key: Key, name: str, role: CourseRole) -> None:
        """The platform lists this member."""
        known = self.people.get(key)
        if known is None:
            self.people[key] = Person(name, role, is_listed=True)
        else:
            self.people[key] = replace(known, name=name or known.name, is_listed=True)

    def add_arrived(self, key: Key, person: Person) -> None:
        """This person came by a page; the latest first, so that an earlier time changes nothing."""
        known = self.people.get(key)
        if known is None:
            self.people[key] = person
        elif not known.slug:
            self.people[key] = replace(person, name=known.name or person.name, is_listed=True)

    def add_marks(self, marks: Mapping[str, Sequence[Mark]]) -> None:
        """Give each person, by slug, their marks; the newest first."""
        for key, person in self.people.items():
            if person.slug in marks and person.role is CourseRole.STUDENT:
                self.people[key] = replace(person, marks=latest(marks[person.slug]))

    def rows(self) -> list[Person]:
        """Return everybody, in the order of the table."""
        return sorted(
            self.people.values(),
            key=lambda person: (
                person.role is not CourseRole.TEACHER,
                person.is_preview,
                person.name.casefold(),
                person.slug,
            ),
        )


def latest(marks: Iterable[Mark]) -> tuple[Mark, ...]:
    """Return the first mark of each notebook, by notebook."""
    found: dict[str, Mark] = {}
    for mark in marks:
        found.setdefault(mark.notebook, mark)
    return tuple(found[notebook] for notebook in sorted(found))
