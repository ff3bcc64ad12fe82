"""When a score is sent again that a platform did not take.

Rules. (1) The pause doubles from `FIRST` to `LONGEST`, and a part of it is chance (`jitter`, 0 to
1, is passed in), so that what failed together does not come back together. (2) A refusal that is
final ends it at once, and so do `GIVE_UP` seconds without success. (3) Where a platform has a score
as new as ours (409), ours is dated anew. (4) A 400 to what was sent before may mean that it
arrived then and its receipt was lost: it is sent once more, as one a moment later (Open edX answers
so to a second score of one time).
"""

from dataclasses import dataclass
from enum import Enum
from typing import Final

FIRST: Final = 10.0
LONGEST: Final = 3600.0
GIVE_UP: Final = 24 * 3600.0
MOST_POINTS: Final = 1_000_000
MOST_COMMENT: Final = 500
_BAD_REQUEST: Final = 400
_CONFLICT: Final = 409
_FINAL_BUT: Final = frozenset({401, 408, 409, 429})
# 2 to the power of more than that is longer than LONGEST anyway.
_MOST_DOUBLINGS: Final = 16


class ScoreState(Enum):
    """What became of a score."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"
    SUPERSEDED = "superseded"  # a newer one of the same work took its place


@dataclass(frozen=True, slots=True)
class ServiceFault:
    """Why a platform's service did not do what we asked.

    `detail` is for the log; `status` is what the platform answered, 0 if nothing.
    """

    sentence: str
    is_final: bool
    detail: str = ""
    status: int = 0

    @property
    def is_conflict(self) -> bool:
        return self.status == _CONFLICT

    @property
    def may_be_a_repetition(self) -> bool:
        """Could it say that the platform has the very score already (rule 4)?"""
        return self.status == _BAD_REQUEST


def is_final(status: int) -> bool:
    """Will the same request never be taken?"""
    return 400 <= status < 500 and status not in _FINAL_BUT


def next_try(attempts: int, *, waiting_since: float, now: float, jitter: float) -> float | None:
    """Return when to try again after so many attempts that failed; None: give up."""
    if now - waiting_since >= GIVE_UP:
        return None
    doublings = min(max(attempts - 1, 0), _MOST_DOUBLINGS)
    pause = min(LONGEST, FIRST * (1 << doublings))
    return now + pause * (0.75 + 0.5 * jitter)


def problem_of_score(given: float, most: float, comment: str) -> str | None:
    """Say what is wrong with a score, or None."""
    if not 0 < most <= MOST_POINTS:  # also false for what is no number
        return f"The best score is a number above 0, and {MOST_POINTS:,} at most."
    if not 0 <= given <= most:
        return f"A score lies between 0 and the best one, which is {most:g}."
    if len(comment) > MOST_COMMENT:
        return f"A comment has {MOST_COMMENT} characters at most."
    return None
