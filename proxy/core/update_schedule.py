"""When a course is to be updated by itself.

Rules. (1) A course that was never updated is due at once. (2) One with an interval is due when that
has passed since its latest update began. (3) After failures one waits twice as long each time, a
day at most (or the interval, if that is longer): a repository that is gone is not asked for ever
as often. (4) What is waiting or under way is never due.
"""

from dataclasses import dataclass
from typing import Final

from proxy.core.course import Course

SHORTEST: Final = 300
LONGEST: Final = 30 * 86_400
_LONGEST_WAIT: Final = 86_400.0
_MOST_DOUBLINGS: Final = 16


@dataclass(frozen=True, slots=True)
class UpdateHistory:
    """`began` is when the latest began, None if never; `failures` how many failed in a row."""

    began: float | None = None
    failures: int = 0
    is_open: bool = False


def is_due(course: Course, history: UpdateHistory, now: float) -> bool:
    """Is it time?"""
    if course.archived is not None or history.is_open:
        return False
    if history.began is None:
        return True
    if not course.update_every:
        return False
    return now >= history.began + _wait(course.update_every, history.failures)


def problem_of_interval(seconds: int) -> str:
    """Return what is wrong with an interval; empty: nothing. 0 is by hand."""
    if seconds == 0 or SHORTEST <= seconds <= LONGEST:
        return ""
    return (
        f"A course is updated every {SHORTEST} seconds at most, every {LONGEST} at least; "
        "0 is by hand alone."
    )


def _wait(interval: int, failures: int) -> float:
    doubled = interval * 2.0 ** min(failures, _MOST_DOUBLINGS)
    return min(doubled, max(_LONGEST_WAIT, float(interval)))
