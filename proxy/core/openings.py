"""Openings of notebooks: which request is one, and how a person's day in a course is written down.

JupyterLab and Notebook 7 fetch a notebook with `type=notebook&content=1` when they open it, and at
no other time: saving, polling and listing ask for other things. A *day log* is what somebody opened
on a day, in the order in which it happened, as two texts: the numbers of the notebooks with blanks
in between, and the times (UTC), of three characters each: a letter for the hour, `a` being the
first of the day, and the minute. So statistics count it as it is, without taking it apart.

Promises: an address gives the same notebook however it is written; what is opened again within
`QUIET_SECONDS` is the same opening, also where the clock was set back; a day log ends at
`MOST_A_DAY`, so that nobody fills the disk by asking.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from string import ascii_lowercase
from typing import Final
from urllib.parse import unquote

from proxy.core.events import clean

CONTENTS: Final = "api/contents/"
QUIET_SECONDS: Final = 900.0
MOST_A_DAY: Final = 400
MOST_TEXT: Final = 512
DAY_SECONDS: Final = 86_400
HOURS: Final = ascii_lowercase[:24]
_QUIET_MINUTES: Final = int(QUIET_SECONDS // 60)
_MARKS: Final = frozenset({"type=notebook", "content=1"})
_MOST_COURSE: Final = 100
_MOST_SUFFIX: Final = 6


@dataclass(frozen=True, slots=True)
class Place:
    """A notebook by the course that its first folder names; without its suffix."""

    course: str
    notebook: str


def opened_notebook(rest: str, query: str) -> Place | None:
    """Return what a GET of this path (below the server's prefix) and query opens, or None."""
    if not rest.startswith(CONTENTS) or not frozenset(query[1:].split("&")) >= _MARKS:
        return None
    try:
        path = unquote(rest[len(CONTENTS) :], errors="strict")
    except UnicodeDecodeError:
        return None
    course, *below = [step for step in path.split("/") if step] or [""]
    if not below or not 0 < len(course) <= _MOST_COURSE:
        return None
    return Place(course, name_of_notebook("/".join(below)))


def name_of_notebook(path: str) -> str:
    """Return what statistics call the notebook at this path below its course."""
    stem, dot, suffix = path.rpartition(".")
    is_suffix = dot and stem and not stem.endswith("/") and suffix.isascii() and suffix.isalnum()
    return clean(stem if is_suffix and len(suffix) <= _MOST_SUFFIX else path, MOST_TEXT)


def day_and_minute(at: float) -> tuple[int, int]:
    """Return the days since the epoch and the minute of the day (UTC)."""
    day, second = divmod(int(at), DAY_SECONDS)
    return day, second // 60


@dataclass(frozen=True, slots=True)
class DayLog:
    """The n-th notebook was opened at the n-th time."""

    notebooks: str = ""
    times: str = ""

    def __iter__(self) -> Iterator[tuple[int, int]]:
        """Yield notebook and minute of the day of each opening."""
        numbers = self.notebooks.split()
        return ((int(number), minute_of(self.times[3 * at :])) for at, number in enumerate(numbers))

    @property
    def is_full(self) -> bool:
        return len(self.times) >= 3 * MOST_A_DAY

    def with_opening(self, notebook: int, minute: int) -> "DayLog | None":
        """Return it with one more, None if that one is known already or the log is full."""
        if self.is_full:
            return None
        known = list(self)
        if any(other == notebook and abs(at - minute) < _QUIET_MINUTES for other, at in known):
            return None
        time = f"{HOURS[minute // 60]}{minute % 60:02}"
        return DayLog(f"{self.notebooks} {notebook}".lstrip(), self.times + time)


def minute_of(times: str) -> int:
    """Return the minute of the day of the first of these times."""
    return HOURS.index(times[0]) * 60 + int(times[1:3])
