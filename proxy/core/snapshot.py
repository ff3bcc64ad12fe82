"""A snapshot: a notebook as it was once, for whoever has the link.

Rules. (1) The link is a secret of 192 random bits and of one shape. (2) One person keeps at most
`MOST_SNAPSHOTS`, of at most `MOST_BYTES` together. (3) It ends when its owner says so, at the time
that they chose, or with their account.
"""

import re
from dataclasses import dataclass
from enum import Enum
from hashlib import sha256
from typing import Final

from proxy.core.events import clean
from proxy.core.identity import User
from proxy.core.launch_target import SUFFIX
from proxy.core.sizes import say_bytes

MOST_SNAPSHOTS: Final = 50
MOST_BYTES: Final = 100 * 2**20
MOST_TITLE: Final = 120
TOKEN_BYTES: Final = 32
FOLDER: Final = "/snapshots/"
_TOKEN: Final = re.compile(r"[0-9a-f]{48}")
_DAY: Final = 86_400.0


class Lifetime(Enum):
    """How long a snapshot is shown."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    NEVER = "never"  # it does not end by itself


_SECONDS: Final = {Lifetime.DAY: _DAY, Lifetime.WEEK: 7 * _DAY, Lifetime.MONTH: 30 * _DAY}


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A row of the snapshots table. Times in seconds since the epoch, `size` in bytes."""

    id: int
    token: str
    owner: User
    course: str
    path: str
    title: str
    size: int
    created: float
    expires: float | None

    def is_over(self, now: float) -> bool:
        return self.expires is not None and self.expires <= now


def token_of(random: str) -> str:
    """Return the secret of a link: random text in the one shape that links have."""
    return sha256(random.encode()).hexdigest()[:48]


def is_token(text: str) -> bool:
    return _TOKEN.fullmatch(text) is not None


def without_secret(path: str) -> str:
    """Return an address's path as a log may hold it: not with the secret of a link."""
    is_link = path.startswith(FOLDER) and is_token(path.removeprefix(FOLDER))
    return f"{FOLDER}…" if is_link else path


def expiry_of(lifetime: Lifetime, now: float) -> float | None:
    """Return when it ends; None if never."""
    return None if lifetime is Lifetime.NEVER else now + _SECONDS[lifetime]


def title_of(wish: str, path: str) -> str:
    """Return what it is called: as somebody wishes, in a line, or as its file."""
    return clean(wish.strip(), MOST_TITLE) or name_of(path)


def name_of(path: str) -> str:
    """Return the notebook's name without its folder and suffix."""
    return clean(path.rpartition("/")[2].removesuffix(SUFFIX), MOST_TITLE)


def folder_of(path: str) -> str:
    """Return the first folder of a path: a course's, if there is a course of that name."""
    return path.partition("/")[0] if "/" in path else ""


def problem_of_another(number: int, held: int, size: int) -> str:
    """Say why who has so many, of so many bytes, may not have another; empty if they may."""
    if number >= MOST_SNAPSHOTS:
        return (
            f"You share {MOST_SNAPSHOTS} notebooks already. Delete one that nobody needs any more."
        )
    if held + size > MOST_BYTES:
        return (
            f"The notebooks that you share would take more than {say_bytes(MOST_BYTES)}. Delete "
            "one that nobody needs any more, or clear large outputs."
        )
    return ""
