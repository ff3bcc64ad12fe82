"""Forward: from an authorised request to the end of its answer, or of its websocket."""

import asyncio
from functools import lru_cache

from aiohttp import HttpVersion11, web

from proxy.core.errors import Unauthenticated
from proxy.core.forwarded import client_address
from proxy.core.paths import Target
from proxy.core.websocket_handshake import Offer
from proxy.relay.browser import (
    ANSWERED,
    ANSWERED_LAST,
    BrowserConnection,
    connection_of,
)
from proxy.relay.context import RelayContext
from proxy.relay.exchange import Exchange, Outcome
from proxy.relay.forwarding import Forwarding, write_request_head
from proxy.relay.routes import Route
from proxy.relay.splice import SplicedPair
from proxy.relay.transfer import transfer
from proxy.relay.visitors import Visitor

_ADDRESSES = 4096


class Carriage:
    """Carries requests that were authorised."""

    def __init__(self, context: RelayContext) -> None:
        self._context = context
        self._loop = asyncio.get_running_loop()
        self._scheme = context.settings.notebook_origin.partition(":")[0]
        trusted = context.settings.trusted_proxies
        self._address = lru_cache(maxsize=_ADDRESSES)(
            lambda peer, forwarded: client_address(peer, forwarded, trusted)
        )

    async def carry(
        self,
        request: web.BaseRequest,
        target: Target,
        visitor: Visitor,
        route: Route,
        offer: Offer | None,
    ) -> web.StreamResponse:
        """Return when the answer has gone to the browser's transport, or the 101 has.

        Raises `UpstreamBroken` or `UpstreamSlow` if nothing has.
        """
        context = self._context
        browser = connection_of(request)
        transport = browser.transport
        if transport is None:
            raise ConnectionResetError("the browser has gone")
        exchange = Exchange(
            browser=browser,
            transport=transport,
            method=request.method,
            rest=target.rest,
            around=context.surroundings(route.name),
            last=self._is_last(request) or offer is not None,
            offer=offer,
            finished=self._loop.create_future(),
        )
        about = self._describe(request, visitor)
        head = write_request_head(request, target, route, about, offer=offer, now=context.clock())
        held = _Held(browser)
        context.live.add(visitor.credential, held)
        try:
            self._check(visitor)
            outcome = await transfer(context.pool, route.address, request, exchange, head)
        finally:
            context.live.discard(visitor.credential, held)
        context.tally.count(exchange.status)
        if outcome is Outcome.SWITCHED and exchange.pair is not None:
            self._keep(exchange.pair, visitor)
            if context.visitors.has_ended(visitor.credential):
                exchange.pair.cut()
        elif outcome is Outcome.CUT:
            transport.abort()
        return ANSWERED if outcome is Outcome.COMPLETE else ANSWERED_LAST

    def _is_last(self, request: web.BaseRequest) -> bool:
        return (
            not request.keep_alive or request.version < HttpVersion11 or self._context.is_draining
        )

    def _describe(self, request: web.BaseRequest, visitor: Visitor) -> Forwarding:
        peer = request.transport.get_extra_info("peername") if request.transport else None
        forwarded = tuple(request.headers.getall("X-Forwarded-For", ()))
        address = self._address(peer[0] if peer else None, forwarded)
        return Forwarding(visitor.identity.user, visitor.by_token, address, self._scheme)

    def _check(self, visitor: Visitor) -> None:
        """What ended since it was verified finds nobody in `live` to cut: look once more."""
        if self._context.visitors.has_ended(visitor.credential):
            raise Unauthenticated("Please sign in to use this notebook server.")

    def _keep(self, pair: SplicedPair, visitor: Visitor) -> None:
        """Remember an open websocket until it ends, or its credential does."""
        live, tally = self._context.live, self._context.tally

        def ended() -> None:
            live.discard(visitor.credential, pair)
            tally.close_websocket(pair)

        tally.open_websockets += 1
        live.add(visitor.credential, pair)
        pair.on_end = ended
        if pair.is_over:
            ended()


class _Held:
    """A browser's connection while an answer runs on it."""

    __slots__ = ("_browser",)

    def __init__(self, browser: BrowserConnection) -> None:
        self._browser = browser

    def cut(self) -> None:
        if self._browser.transport is not None:
            self._browser.transport.abort()

    def close(self) -> None:
        self.cut()

    def is_stalled_since(self, latest: float) -> bool:
        return False  # an answer under way has limits of its own
