"""Who has a notebook open, told by their websockets: when the last one has gone, they closed it.

Promises: a page that is loaded again, or a connection that broke and came back within
`GRACE_SECONDS`, is no end; an end is written down with the time at which it was seen, and who is
still there when this process ends has not closed anything. It is told for each course of which
they opened something meanwhile, whichever relay saw that. Knows this process's websockets alone:
of several relay processes each tells what it saw. Must not: tell of tokens, which are no people.
"""

from proxy.core.clock import Clock
from proxy.core.identity import ServerName
from proxy.store import openings
from proxy.store.relay_store import RelayStore

GRACE_SECONDS = 30.0
# A page asks for its notebook before it opens its first websocket.
EARLIER_SECONDS = 120.0
WRITE_SECONDS = 10.0
_PERSON = "session "
_Key = tuple[str, ServerName]


class Presence:
    """Counts the open websockets of each session at each server."""

    def __init__(self, store: RelayStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._open: dict[_Key, int] = {}
        self._left: dict[_Key, float] = {}
        self._came: dict[_Key, float] = {}

    def arrive(self, credential: str, server: ServerName) -> None:
        key = (credential, server)
        self._open[key] = self._open.get(key, 0) + 1
        self._left.pop(key, None)
        self._came.setdefault(key, self._clock())

    def leave(self, credential: str, server: ServerName) -> None:
        key = (credential, server)
        left = self._open.pop(key) - 1
        if left:
            self._open[key] = left
        elif credential.startswith(_PERSON):
            self._left[key] = self._clock()
        else:
            del self._came[key]

    async def write(self) -> None:
        """Write down who has gone for good; on `StoreUnavailable` the rest waits for next time."""
        latest = self._clock() - GRACE_SECONDS
        for key, at in list(self._left.items()):
            if at > latest or self._left.get(key) != at:  # came back while others were written
                continue
            credential, server = key
            session_id = credential.removeprefix(_PERSON)
            since = self._came[key] - EARLIER_SECONDS
            await self._store.write(openings.note_closed, session_id, server, since, at)
            if self._left.get(key) == at:
                del self._left[key], self._came[key]
