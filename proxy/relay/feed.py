"""Follows the store's feed of changes, so that what ended elsewhere ends here within a second.

A round that fails is tried again; what is cached goes on meanwhile, and nobody new gets in.
"""

import structlog

from proxy.relay.live import LiveConnections
from proxy.relay.pool import Pool
from proxy.relay.precedents import Precedents
from proxy.relay.routes import Routes
from proxy.relay.visitors import Visitors
from proxy.store import facts
from proxy.store.records import Change
from proxy.store.relay_store import RelayStore

POLL_SECONDS = 1.0
_LIMIT = 1000
_log = structlog.get_logger()


class Feed:
    """Applies changes to the relay's memories."""

    def __init__(
        self,
        store: RelayStore,
        *,
        visitors: Visitors,
        routes: Routes,
        precedents: Precedents,
        pool: Pool,
        live: LiveConnections,
    ) -> None:
        self._store = store
        self._visitors = visitors
        self._routes = routes
        self._precedents = precedents
        self._pool = pool
        self._live = live
        self._seq: int | None = None

    async def start(self) -> None:
        """Note where the feed stands; before this, nothing may be cached."""
        self._seq = await self._store.read(facts.newest_change)

    async def poll(self) -> None:
        """Apply what is new; raises `StoreUnavailable`."""
        if self._seq is None:
            await self.start()
            return
        news = await self._store.read(facts.changes_since, self._seq, limit=_LIMIT)
        if news:
            self._precedents.forget_all()
        for change in news:
            self._apply(change)
            self._seq = change.seq

    def _apply(self, change: Change) -> None:
        if change.kind == "server":
            route = self._routes.forget(change.key)
            if route is not None:
                self._pool.forget(route.address)
        elif change.kind in {"session", "token"}:
            self._end(f"{change.kind} {change.key}")
        elif change.kind == "user":
            for credential in self._visitors.forget_user(change.key):
                self._end(credential)

    def _end(self, credential: str) -> None:
        self._visitors.forget(credential)
        if count := self._live.cut(credential):
            _log.info("relay.cut", connections=count, kind=credential.partition(" ")[0])
