"""Forward: from an authorised request to the end of its answer, or of its websocket."""

import asyncio
from functools import lru_cache

from proxy.core.activity import shows_a_person
from proxy.core.errors import TooManyAttempts, Unauthenticated
from proxy.core.forwarded import client_address
from proxy.core.identity import ServerName
from proxy.core.openings import CONTENTS
from proxy.core.paths import Target
from proxy.core.request_headers import removes_fields
from proxy.core.websocket_handshake import Offer
from proxy.relay.aiohttp_connection import ANSWERED, ANSWERED_LAST
from proxy.relay.aiohttp_parts import BaseRequest, HttpVersion11, StreamResponse
from proxy.relay.browser import connection_of
from proxy.relay.context import RelayContext
from proxy.relay.exchange import AwaitedExchange, Exchange, Outcome
from proxy.relay.forwarding import Forwarding, write_request_head
from proxy.relay.precedents import Precedent
from proxy.relay.routes import Route
from proxy.relay.transfer import raise_if_failed, transfer
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
        request: BaseRequest,
        target: Target,
        visitor: Visitor,
        route: Route,
        offer: Offer | None,
        failure: Outcome | None,
    ) -> StreamResponse:
        """Return when the answer has gone to the browser's transport, or the 101 has.

        `failure` is how the fast lane failed with the same request. Raises `UpstreamBroken` or
        `UpstreamSlow` if nothing has gone.
        """
        context = self._context
        browser = connection_of(request)
        transport = browser.transport
        if transport is None:
            raise ConnectionResetError("the browser has gone")
        if failure is not None and failure is not Outcome.NOTHING:
            raise_if_failed(failure)
        exchange = AwaitedExchange(
            browser,
            transport,
            request.method,
            target.rest,
            context.surroundings(route.name, helped=visitor.helps),
            began=self._loop.time(),
            last=self._is_last(request) or offer is not None,
            offer=offer,
        )
        asserted = route.assert_identity(visitor.identity.user, context.clock())
        about = self._describe(request, visitor, asserted.value)
        head = write_request_head(request, target, about, offer=offer)
        if offer is not None and not context.websockets.may_open(visitor.credential):
            raise TooManyAttempts("Too many connections are open. Close some.", retry_after=30.0)
        context.live.add(visitor.credential, exchange)
        try:
            self._check(visitor)
            if context.routes.cached(route.name) is route:
                self._note(request, visitor, route, exchange, head, asserted.until)
            outcome = await transfer(
                context.pool, route.address, request, exchange, head, anew=failure is not None
            )
        finally:
            context.live.discard(visitor.credential, exchange)
        context.tally.count(exchange)
        if exchange.status == 200 and target.rest.startswith(CONTENTS) and request.method == "GET":
            session_id = visitor.identity.session_id
            context.openings.note(session_id, route.name, target.rest, target.query)
        return self._conclude(request, exchange, visitor, route.name, outcome)

    def _conclude(
        self,
        request: BaseRequest,
        exchange: AwaitedExchange,
        visitor: Visitor,
        server: ServerName,
        outcome: Outcome,
    ) -> StreamResponse:
        """Leave the browser's connection as the outcome wants it."""
        browser = exchange.browser
        if outcome is Outcome.SWITCHED and exchange.pair is not None:
            self._context.websockets.keep(exchange.pair, visitor.credential, server)
        elif outcome is Outcome.CUT:
            exchange.transport.abort()
        if browser.body is not None:
            request.content.feed_eof()  # aiohttp would wait for it
            if outcome is Outcome.COMPLETE:
                browser.renew()
            return ANSWERED_LAST
        return ANSWERED if outcome is Outcome.COMPLETE else ANSWERED_LAST

    def _note(
        self,
        request: BaseRequest,
        visitor: Visitor,
        route: Route,
        exchange: Exchange,
        head: bytes,
        until: float,
    ) -> None:
        """Remember what was decided, for requests with the same bytes after their first line."""
        block, exchange.browser.block = exchange.browser.block, None
        is_whole = request.version == HttpVersion11 and not request.body_exists
        if block is None or not is_whole or "Expect" in request.headers:
            return
        if removes_fields(request.raw_headers):
            return
        # The bytes that came last must be the ones that aiohttp read as this request's headers.
        read = b"".join([b"\r\n%b: %b" % field for field in request.raw_headers])
        if read + b"\r\n\r\n" != block:
            return
        mode = request.headers.get("Sec-Fetch-Mode", "")
        precedent = Precedent(
            route.name,
            route.address,
            exchange.around,
            visitor.credential,
            visitor.identity.session_id,
            head[head.index(b"\r\n") :],
            shows_person=shows_a_person(request.method, mode),
            last=exchange.last,
            until=min(until, visitor.expires),
            offer=exchange.offer,
        )
        self._context.precedents.note(exchange.browser.address, block, precedent)

    def _is_last(self, request: BaseRequest) -> bool:
        return (
            not request.keep_alive or request.version < HttpVersion11 or self._context.is_draining
        )

    def _describe(self, request: BaseRequest, visitor: Visitor, identity: bytes) -> Forwarding:
        forwarded = tuple(request.headers.getall("X-Forwarded-For", ()))
        address = self._address(connection_of(request).address or None, forwarded)
        return Forwarding(identity, visitor.by_token, address, self._scheme)

    def _check(self, visitor: Visitor) -> None:
        """What ended since it was verified finds nobody in `live` to cut: look once more."""
        if self._context.visitors.has_ended(visitor.credential):
            raise Unauthenticated("Please sign in to use this notebook server.")
