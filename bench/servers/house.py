"""What is measured: a running installation that gives people servers, whoever made it.

Promises: two installations of different make are asked for the same things, each in its own words.
"""

from collections.abc import Callable
from dataclasses import dataclass

from bench.servers.client import STATUS_PATH, Call
from bench.servers.shares import Part

# Twenty people, none of whom is anybody's beginning: `p1` would be one of `p10`.
PEOPLE = tuple(f"person-{number:02}" for number in range(1, 21))


@dataclass(frozen=True, slots=True)
class House:
    """A running installation; each call names a person.

    `begin` is answered when the server is ready, `end` when it is gone. `part_of` says what a
    process is for, by its command line; `mother` has started them all.
    """

    mother: int
    begin: Callable[[str], Call]
    end: Callable[[str], Call]
    page: Callable[[str, str], Call]
    part_of: Callable[[str], Part]
    stop: Callable[[], object]

    def status(self, person: str) -> Call:
        """The first thing that a server answers, asked through the proxy."""
        return self.page(person, STATUS_PATH)


@dataclass(frozen=True, slots=True)
class Rival:
    """Something to compare; `version` raises `Missing` where it cannot be had."""

    name: str
    what: str
    version: Callable[[], str]
    start: Callable[[], House]
    # Is one start, and is memory, of interest? Twenty at once always are.
    is_whole: bool = True
    # For information: one round of twenty at once is enough.
    is_brief: bool = False

    def takes_crowd(self, number: int) -> bool:
        """Does it take part in this round of twenty at once? Round 0 is not counted."""
        return number == 1 or not self.is_brief
