"""When people last did something: noted in memory, written to the store now and then.

So a request never waits for a write. What is lost by a kill is at most `WRITE_SECONDS` of notes.
"""

from proxy.core.clock import Clock
from proxy.core.identity import ServerName
from proxy.store import facts
from proxy.store.relay_store import RelayStore

WRITE_SECONDS = 30.0


class Activity:
    """Notes of one relay process."""

    def __init__(self, store: RelayStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._servers: dict[ServerName, float] = {}
        self._sessions: set[str] = set()

    def note(self, server: ServerName, session_id: str | None) -> None:
        self._servers[server] = self._clock()
        if session_id is not None:
            self._sessions.add(session_id)

    async def write(self) -> None:
        """Write what was noted; on `StoreUnavailable` it is kept for the next time."""
        noted, self._servers = self._servers, {}
        used, self._sessions = self._sessions, set()
        try:
            for name, at in noted.items():
                await self._store.write(facts.touch_server, name, at)
            if used:
                await self._store.write(facts.touch_sessions, sorted(used), self._clock())
        except BaseException:
            self._servers = noted | self._servers
            self._sessions |= used
            raise
