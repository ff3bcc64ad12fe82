"""Carries a request whose header block is, byte for byte, one that was understood and allowed.

Promises: what goes up is what the long way would have sent, and what comes down is judged as
there; a target is parsed and must name the precedent's server. Whatever is not as expected takes
the long way, before anything was sent. Must not: decide; it repeats a decision.
"""

import asyncio

from proxy.core.errors import UpstreamBroken, UpstreamSlow
from proxy.core.identity import ServerName
from proxy.core.openings import CONTENTS
from proxy.core.paths import Target, parse_target
from proxy.core.websocket_handshake import Offer
from proxy.relay.browser import BrowserConnection
from proxy.relay.context import RelayContext
from proxy.relay.exchange import Exchange, Outcome
from proxy.relay.precedents import Precedent
from proxy.tasks import spawn

_BEFORE, _AFTER = b"GET ", b" HTTP/1.1"


class FastLane:
    """One of a relay process."""

    def __init__(self, context: RelayContext) -> None:
        self._context = context
        self._loop = asyncio.get_running_loop()

    def repeat(self, browser: BrowserConnection, data: bytes) -> bool:
        """Begin to answer `data`, a whole request; return whether it could be."""
        context = self._context
        end = data.find(b"\r\n")
        found = context.precedents.find(browser.address, data[end:], context.clock())
        if found is None or browser.transport is None:
            return False
        precedent = found.precedent
        target = _target_of(data[:end], precedent.server)
        if target is None or (found.key and not context.websockets.may_open(precedent.credential)):
            return False
        upstream = context.pool.take_idle(precedent.address)
        exchange = RepeatedExchange(
            self, browser, browser.transport, target, precedent, data, found.offer
        )
        browser.repeated = exchange
        context.live.add(precedent.credential, exchange)
        if precedent.shows_person:
            context.activity.note(precedent.server, precedent.session_id)
        head = data[:end] + found.head
        if upstream is not None:
            upstream.begin(exchange, head)
        else:
            _ = spawn(self._dial(exchange, head), name="relay.dial")
        return True

    async def _dial(self, exchange: "RepeatedExchange", head: bytes) -> None:
        try:
            upstream = await self._context.pool.dial(exchange.precedent.address)
        except UpstreamSlow:
            exchange.end(Outcome.SLOW)
            return
        except UpstreamBroken:
            exchange.end(Outcome.NOTHING)  # asked again the long way, which tells why not
            return
        if exchange.has_ended or exchange.transport.is_closing():
            upstream.abandon()
        else:
            exchange.is_on_new = True
            upstream.begin(exchange, head)

    def settle(self, exchange: "RepeatedExchange", outcome: Outcome) -> None:
        context = self._context
        known = exchange.precedent
        context.live.discard(known.credential, exchange)
        if exchange.status:
            context.tally.count(exchange)
            if exchange.status == 200 and exchange.rest.startswith(CONTENTS):
                context.openings.note(known.session_id, known.server, exchange.rest, exchange.query)
        if exchange.pair is not None:
            context.websockets.keep(exchange.pair, known.credential, known.server)
        if outcome is Outcome.NOTHING and exchange.is_on_new:
            outcome = Outcome.GONE
        exchange.browser.finish(outcome, exchange.data)

    def now(self) -> float:
        return self._loop.time()


class RepeatedExchange(Exchange):
    """An exchange of the fast lane; `data` is the request as it came.

    `is_on_new` says that it went up on a connection that carried nothing before.
    """

    __slots__ = ("_lane", "data", "is_on_new", "precedent", "query")

    def __init__(
        self,
        lane: FastLane,
        browser: BrowserConnection,
        transport: asyncio.Transport,
        target: Target,
        precedent: Precedent,
        data: bytes,
        offer: Offer | None,
    ) -> None:
        super().__init__(
            browser,
            transport,
            "GET",
            target.rest,
            precedent.around,
            began=lane.now(),
            last=precedent.last,
            offer=offer,
        )
        self._lane = lane
        self.precedent = precedent
        self.query = target.query
        self.data = data
        self.is_on_new = False

    def settle(self, outcome: Outcome) -> None:
        self._lane.settle(self, outcome)


def _target_of(line: bytes, server: ServerName) -> Target | None:
    """Return the target of a request line, if it is one below the server's prefix."""
    if not (line.startswith(_BEFORE) and line.endswith(_AFTER)):
        return None
    target = parse_target(line[len(_BEFORE) : -len(_AFTER)].decode("latin-1"))
    if not isinstance(target, Target) or target.server != server:
        return None
    # The prefix without its slash is answered by a redirect.
    return target if len(target.path) >= len(server.prefix) else None
