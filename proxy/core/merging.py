"""What becomes of one file of a course in somebody's workspace, when they are launched.

Rules. (1) What the person wrote stays, under the name that they know it by. (2) What they have not
changed follows the course; what they deleted stays deleted, but for the notebook that they are
launched into. (3) What the course no longer has, they keep. (4) Where both changed, the course's is
laid beside theirs, once for each content. Must not: read or write anything.

Contents are compared by their hashes; `""` is the hash of nothing that anybody has delivered.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import Enum
from typing import Final

_MOST_LAID: Final = 8


class Mine(Enum):
    """What is where the person's file would be, if it is no plain file."""

    ABSENT = "absent"
    OTHER = "other"  # a folder, a link, a pipe


class Action(Enum):
    """What is done about it."""

    ADD = "add"
    UPDATE = "update"
    KEEP = "keep"
    BESIDE = "beside"
    ADOPT = "adopt"  # the same already: it is known from now on
    STAY_DELETED = "stay deleted"


@dataclass(frozen=True, slots=True)
class Delivered:
    """What somebody was given last at a path, and what was laid beside theirs, newest last."""

    content: str
    size: int
    laid: tuple[str, ...] = ()

    def beside(self, content: str, size: int) -> "Delivered":
        """Return what is known once this content was laid beside."""
        kept = [each for each in self.laid if each != content]
        return Delivered(content, size, (*kept, content)[-_MOST_LAID:])


def decide(
    base: str | None,
    upstream: str | None,
    mine: str | Mine,
    *,
    laid: Collection[str] = (),
    is_wanted: bool = False,
) -> Action:
    """Return what to do.

    `base` is what was delivered last, `upstream` what the course has now, None where there is none.
    `laid` was laid beside earlier; `is_wanted`: the person is on their way to this very file.
    """
    if upstream is None:
        return Action.KEEP
    if mine is Mine.ABSENT:
        return Action.ADD if base is None or is_wanted else Action.STAY_DELETED
    if base == upstream:
        return Action.KEEP
    if mine == upstream:
        return Action.ADOPT
    if base is not None and mine == base:
        return Action.UPDATE
    return Action.KEEP if upstream in laid else Action.BESIDE
