"""How many connections each relay process of this installation has: a small file in memory.

Promises: a number is read and written whole; what a process has said counts for `FRESH_SECONDS`, so
that nobody waits for one that died, hangs or drains. Must not: be believed more than that; it is
advice, and every reader gets on without it.
"""

import fcntl
import mmap
import os
from pathlib import Path

FRESH_SECONDS = 3.0
# Twice as many as there may be: while they are exchanged, the old ones still drain.
SLOTS = 128
_WORDS = 2  # of eight bytes: connections, and when that was said (ms of the monotonic clock)


class Siblings:
    """One process's view; `path` is the same for all."""

    def __init__(self, path: Path) -> None:
        """Claim a slot; raises `OSError` if the file cannot be had, or none is free."""
        size = SLOTS * _WORDS * 8
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            # Not ftruncate: on a full disk the first write into a hole would end the process.
            os.posix_fallocate(self._file, 0, size)
            self._slot = _claim(self._file)
            self._words = memoryview(mmap.mmap(self._file, size)).cast("Q")
        except OSError:
            os.close(self._file)
            raise
        self._others: list[int] = []

    @property
    def is_alone(self) -> bool:
        """Was nobody there at the last look?"""
        return not self._others

    def tell(self, count: int, now: float) -> None:
        """Say how many connections this process has; at least once a second."""
        at = self._slot * _WORDS
        self._words[at] = count
        self._words[at + 1] = int(now * 1000)

    def look(self, now: float) -> None:
        """See who is there; once a second."""
        # A time to come was said before the machine started anew, or by nobody.
        earliest, latest = (int((now + by) * 1000) for by in (-FRESH_SECONDS, FRESH_SECONDS))
        said = self._words[1::_WORDS]
        others = (n for n in range(SLOTS) if n != self._slot)
        self._others = [n for n in others if earliest < said[n] <= latest]

    def least(self) -> int | None:
        """Return what the sibling with the fewest connections has, if there is a sibling."""
        words, at = self._words, [n * _WORDS for n in self._others]
        return min([words[n] for n in at if words[n + 1]], default=None)

    def leave(self) -> None:
        """Take no more connections: nobody is to wait for this process."""
        self._words[self._slot * _WORDS + 1] = 0


def _claim(file: int) -> int:
    """Lock the first slot that no living process has (fcntl(2)); its end frees it."""
    for slot in range(SLOTS):
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, slot)
        except BlockingIOError:
            continue
        return slot
    raise OSError("more relay processes than there are slots")
