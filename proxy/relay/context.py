"""What one relay process consists of, put together."""

import asyncio
from functools import lru_cache
from typing import TypeVar

from proxy.core.clock import Clock
from proxy.core.content_security import frame_ancestors
from proxy.core.cookies import CookieStyle
from proxy.core.forwarded import is_near_proxy, is_trusted_peer
from proxy.core.hosts import OwnHosts, own_hosts
from proxy.core.identity import ServerName
from proxy.core.response_headers import Surroundings
from proxy.relay.activity import Activity
from proxy.relay.aiohttp_parts import Response
from proxy.relay.answers import Answers
from proxy.relay.entrance import Entrance
from proxy.relay.feed import Feed
from proxy.relay.live import LiveConnections
from proxy.relay.openings import Openings
from proxy.relay.outbox import Outbox
from proxy.relay.pool import Pool
from proxy.relay.precedents import Precedents
from proxy.relay.presence import Presence
from proxy.relay.routes import Routes
from proxy.relay.tally import Tally
from proxy.relay.visitors import Visitors
from proxy.relay.websockets import Websockets
from proxy.settings import Settings
from proxy.store.relay_store import RelayStore

_MAX_NAMES = 10_000
K = TypeVar("K")
V = TypeVar("V")


class RelayContext:
    """Made in a running event loop; everything that the handler needs."""

    def __init__(self, settings: Settings, store: RelayStore, clock: Clock) -> None:
        self.settings = settings
        self.clock = clock
        self._frames = frame_ancestors(settings.lms_origins)
        style = CookieStyle(secure=settings.notebook_origin.startswith("https://"))
        self.answers = Answers(settings.front_origin, self._frames)
        self.entrance = Entrance(settings, store, clock, self.answers)
        self.visitors = Visitors(store, clock, settings.secrets, style)
        self.routes = Routes(store, clock)
        self.precedents = Precedents()
        self.outbox = Outbox(asyncio.get_running_loop().call_soon)
        self.pool = Pool(self.outbox)
        self.live = LiveConnections()
        self.activity = Activity(store, clock)
        self.openings = Openings(store, clock)
        self.tally = Tally()
        self.presence = Presence(store, clock)
        self.websockets = Websockets(self.live, self.tally, self.visitors, self.presence)
        self.feed = Feed(
            store,
            visitors=self.visitors,
            routes=self.routes,
            precedents=self.precedents,
            pool=self.pool,
            live=self.live,
        )
        self.is_draining = False
        self._surroundings: dict[tuple[ServerName, bool], Surroundings] = {}
        self._hosts: dict[str, OwnHosts] = {}
        trusted = settings.trusted_proxies
        # Of an address behind which there is one client, the connections are counted.
        self.is_bounded = lru_cache(maxsize=_MAX_NAMES)(
            lambda address: not is_trusted_peer(address, trusted)
        )
        self.is_near = lru_cache(maxsize=_MAX_NAMES)(
            lambda address: is_near_proxy(address, trusted)
        )

    def surroundings(self, server: ServerName, *, helped: bool = False) -> Surroundings:
        """What the heads of this server's responses are judged by."""
        known = self._surroundings.get((server, helped))
        if known is None:
            known = Surroundings(
                server.prefix,
                self.settings.notebook_origin_for(server.owner),
                self._frames,
                frozenset(self.settings.lms_origins),
                helped,
            )
            _bound(self._surroundings)[server, helped] = known
        return known

    def hosts_for(self, server: ServerName | None) -> OwnHosts:
        """The hosts under which a server's pages may be asked for."""
        owner = server.owner if server is not None else ""
        key = owner if "{owner}" in self.settings.notebook_url else ""
        known = self._hosts.get(key)
        if known is None:
            known = own_hosts(
                self.settings.notebook_origin_for(key),
                setting="SIFU_NOTEBOOK_URL",
                is_configured=bool(self.settings.notebook_url),
            )
            _bound(self._hosts)[key] = known
        return known

    def drain(self) -> None:
        """From now on every answer says that its connection closes."""
        self.is_draining = True
        self.precedents.close()

    def health(self) -> Response:
        """200 while this process takes requests; 503 while it drains."""
        text, status = ("draining", 503) if self.is_draining else ("ok", 200)
        return Response(status=status, text=text, headers={"Cache-Control": "no-store"})


def _bound(known: dict[K, V]) -> dict[K, V]:
    if len(known) >= _MAX_NAMES:
        known.clear()
    return known
