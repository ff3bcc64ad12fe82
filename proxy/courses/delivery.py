"""What was done to somebody's copy of a course, in numbers and in sentences for that person.

Promises: what is laid beside and what is in the way is named, up to a bound; the rest is counted.
"""

from dataclasses import dataclass, field
from typing import Final

_MOST_NAMED: Final = 50


@dataclass(frozen=True, slots=True)
class Beside:
    """The course has a new version of `path`, which the person changed: it is called `name`."""

    path: str
    name: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """`is_whole`: nothing of it is still being copied. Paths are below the course."""

    added: int = 0
    updated: int = 0
    beside: tuple[Beside, ...] = ()
    copies: tuple[Beside, ...] = ()
    blocked: tuple[str, ...] = ()
    is_whole: bool = True

    @property
    def sentences(self) -> list[str]:
        """What the person is told of that they would not expect; empty if all went as usual."""
        told = [
            f"The course has a new version of “{each.path}”, which you have changed. Yours stays "
            f"as it is; the new one is beside it and is called “{each.name}”."
            for each in self.beside
        ]
        told += [
            f"Somebody wrote into “{each.path}” while it was replaced by a new version. What was "
            f"written is beside it and is called “{each.name}”."
            for each in self.copies
        ]
        told += [
            f"The course's folder “{each}” could not be brought: something else of that name is in "
            "your workspace. Rename it, and open a notebook of the course again."
            for each in self.blocked
        ]
        return told


@dataclass(slots=True)
class Progress:
    """What was done so far."""

    added: int = 0
    updated: int = 0
    beside: list[Beside] = field(default_factory=list)
    copies: list[Beside] = field(default_factory=list)
    blocked: list[str] = field(default_factory=list)

    def as_delivery(self, *, is_whole: bool) -> Delivery:
        """Return it as it is now."""
        return Delivery(
            added=self.added,
            updated=self.updated,
            beside=tuple(self.beside[:_MOST_NAMED]),
            copies=tuple(self.copies[:_MOST_NAMED]),
            blocked=tuple(self.blocked[:_MOST_NAMED]),
            is_whole=is_whole,
        )
