"""Pages that were made lately, so that who looks again does not wait again.

Promises: at most `MOST_BYTES` of them, none for longer than `FRESH_SECONDS`; a page is found by the
digest of all that it was made of, so that a change of it is another page.
"""

from typing import Final

from proxy.core.clock import Clock

MOST_BYTES: Final = 40 * 2**20
FRESH_SECONDS: Final = 300.0


class KeptPages:
    """In memory, the latest last."""

    def __init__(self, clock: Clock, *, most_bytes: int = MOST_BYTES) -> None:
        self._clock = clock
        self._most = most_bytes
        self._pages: dict[bytes, tuple[float, bytes]] = {}

    @property
    def size(self) -> int:
        return sum(len(page) for _, page in self._pages.values())

    def find(self, digest: bytes) -> bytes | None:
        """Return a page that is fresh."""
        self._forget_old()
        found = self._pages.get(digest)
        return None if found is None else found[1]

    def keep(self, digest: bytes, page: bytes) -> None:
        """Keep it; the oldest go where there is no room, one that is too large is not kept."""
        self._forget_old()
        self._pages.pop(digest, None)
        if len(page) > self._most:
            return
        self._pages[digest] = (self._clock(), page)
        while self.size > self._most:
            del self._pages[next(iter(self._pages))]

    def _forget_old(self) -> None:
        limit = self._clock() - FRESH_SECONDS
        for digest in [each for each, (at, _) in self._pages.items() if at <= limit]:
            del self._pages[digest]
