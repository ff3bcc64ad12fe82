"""Which notebooks people open, seen in the requests that were answered; written now and then.

Promises: the same notebook of the same session counts once in `QUIET_SECONDS`; noting waits for
nothing; at most `MOST` wait for the store, those beyond are lost and counted, and the count becomes
an event. Of one session so many are taken at once and no more: its server may answer anything.
What is lost by a kill is at most `WRITE_SECONDS` of openings. Must not: note what a token asked
for, which is no person.
"""

from collections import deque
from typing import Final

from proxy.core.buckets import Buckets, Rate
from proxy.core.clock import Clock
from proxy.core.identity import ServerName
from proxy.core.openings import QUIET_SECONDS, opened_notebook
from proxy.metrics import EVENTS_LOST
from proxy.store import openings
from proxy.store.openings import Opening
from proxy.store.relay_store import RelayStore

WRITE_SECONDS: Final = 5.0
MOST: Final = 10_000
# JupyterLab opens every notebook again that was open: fifty at once are a lot, and no attack.
RATE: Final = Rate(burst=100, seconds_each=20.0)
_AT_ONCE: Final = 200
_MOST_KNOWN: Final = 20_000
_Key = tuple[str, ServerName, str, str]


class Openings:
    """Notes of one relay process."""

    def __init__(self, store: RelayStore, clock: Clock, *, most: int = MOST) -> None:
        self._store = store
        self._clock = clock
        self._most = most
        self._waiting: deque[Opening] = deque()
        self._known: dict[_Key, float] = {}
        self._rates = Buckets(RATE)
        self._lost = 0

    def note(self, session_id: str | None, server: ServerName, rest: str, query: str) -> None:
        """Take note of a GET that was answered, if it opened a notebook of somebody's."""
        place = opened_notebook(rest, query) if session_id is not None else None
        if session_id is None or place is None:
            return
        now = self._clock()
        key = (session_id, server, place.course, place.notebook)
        if 0 <= now - self._known.get(key, now - QUIET_SECONDS) < QUIET_SECONDS:
            return
        if self._rates.wait_for(session_id, now):
            return
        self._rates.take(session_id, now)
        self._remember(key, now)
        if len(self._waiting) >= self._most:
            self._lost += 1
            EVENTS_LOST.inc()
            return
        self._waiting.append(Opening(place.course, place.notebook, session_id, server, now))

    async def write(self) -> None:
        """Write everything that waits; on `StoreUnavailable` it is kept for the next time."""
        while self._waiting:
            batch = [self._waiting.popleft() for _ in range(min(_AT_ONCE, len(self._waiting)))]
            try:
                await self._store.write(openings.note_openings, batch)
            except BaseException:
                # Written twice is written once: the store knows what it has.
                self._waiting.extendleft(reversed(batch))
                raise
        if self._lost:
            lost, self._lost = self._lost, 0
            try:
                await self._store.write(openings.note_lost, lost, self._clock())
            except BaseException:
                self._lost += lost
                raise

    def _remember(self, key: _Key, now: float) -> None:
        self._known.pop(key, None)
        if len(self._known) >= _MOST_KNOWN:
            del self._known[next(iter(self._known))]
        self._known[key] = now
