"""The message to all, which an administrator writes and every page shows.

Promises: a restart keeps it; pages show it without asking the store. It is changed through front
alone, of which there is one, so what it remembers is what holds.
"""

from dataclasses import dataclass

import structlog
from aiohttp import web

from proxy.core.clock import Clock
from proxy.core.errors import StoreUnavailable
from proxy.core.events import clean
from proxy.store import switches
from proxy.store.database import Store

MAX_MESSAGE = 300
_NAME = "notice"
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Notice:
    """What everybody reads; `since` in seconds since the epoch."""

    message: str
    since: float


class Notices:
    """The one message there may be."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self.current: Notice | None = None

    async def load(self, _app: web.Application) -> None:
        """Read what was left by the front before; without a store there is none."""
        try:
            found = await self._store.read(switches.get, _NAME)
        except StoreUnavailable as problem:
            _log.warning("notice.not_read", why=problem.detail)
            return
        if found is not None:
            self.current = Notice(str(found["message"]), float(found["since"]))

    async def post(self, message: str) -> Notice:
        """Show this from now on; one printable line."""
        notice = Notice(clean(message.strip(), MAX_MESSAGE), self._clock())
        value = {"message": notice.message, "since": notice.since}
        await self._store.write(switches.put, _NAME, value, notice.since)
        self.current = notice
        return notice

    async def clear(self) -> None:
        await self._store.write(switches.clear, _NAME)
        self.current = None
