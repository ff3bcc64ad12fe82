"""One request and its answer, as the upstream connection needs to know it.

Promises: it ends once, and whoever began it learns how.
"""

import asyncio
from enum import Enum
from typing import TYPE_CHECKING, Protocol

from proxy.core.response_headers import Surroundings
from proxy.core.websocket_handshake import Offer

if TYPE_CHECKING:
    from proxy.relay.browser import BrowserConnection
    from proxy.relay.splice import SplicedPair


class Outcome(Enum):
    """How an exchange ended."""

    COMPLETE = "complete"  # the browser's connection may be used again
    LAST = "last"  # complete, but the connection must close now
    SWITCHED = "switched"  # a 101 went out; both sides are spliced
    NOTHING = "nothing"  # the upstream died before a byte of its answer
    GONE = "gone"  # the same on a new connection: another would not fare better
    MALFORMED = "malformed"  # not HTTP, and nothing of it reached the browser
    SLOW = "slow"  # no head within the time for it
    CUT = "cut"  # something reached the browser; its connection must be cut


class Carrier(Protocol):
    """The upstream connection that carries an exchange."""

    def abandon(self) -> None: ...


class Exchange:
    """`rest` is the path below the prefix; `last` makes the answer say `Connection: close`.

    `status` is 0 until the head of the final answer went to the browser; `sent` and `received`
    count bytes on the upstream connection; `began` is loop time, and so is `unread_since`: when the
    browser stopped taking what goes past its transport; 0.0 while it takes.
    """

    __slots__ = (
        "around",
        "began",
        "browser",
        "carrier",
        "has_ended",
        "last",
        "method",
        "offer",
        "pair",
        "received",
        "rest",
        "sent",
        "status",
        "transport",
        "unread_since",
        "uploaded",
    )

    def __init__(
        self,
        browser: "BrowserConnection",
        transport: asyncio.Transport,
        method: str,
        rest: str,
        around: Surroundings,
        *,
        began: float,
        last: bool,
        offer: Offer | None = None,
    ) -> None:
        self.browser = browser
        self.transport = transport
        self.method = method
        self.rest = rest
        self.around = around
        self.began = began
        self.last = last
        self.offer = offer
        self.carrier: Carrier | None = None
        self.pair: SplicedPair | None = None
        self.status = 0
        self.sent = 0
        self.received = 0
        self.uploaded = True
        self.unread_since = 0.0
        self.has_ended = False

    def write(self, data: bytes) -> None:
        """Send to the browser, if it is still there (uvloop raises where asyncio warns)."""
        if not self.transport.is_closing():
            self.transport.write(data)

    def end(self, outcome: Outcome) -> None:
        """Tell whoever began it; a second end is not told."""
        if not self.has_ended:
            self.has_ended = True
            self.settle(outcome)

    def settle(self, outcome: Outcome) -> None:
        """What is done at the end."""
        raise NotImplementedError

    def abandon(self) -> None:
        """The browser has gone: nothing is to be answered any more."""
        self.drop_carrier()
        self.end(Outcome.CUT)

    def drop_carrier(self) -> None:
        """Give up the upstream connection, if it still carries this exchange and not another."""
        carrier, self.carrier = self.carrier, None
        if carrier is not None:
            carrier.abandon()

    def cut(self) -> None:
        """End it now: what allowed it has ended."""
        self.browser.cut()

    def close(self) -> None:
        self.cut()

    def end_stalled(self, latest: float) -> bool:
        """Give up if nothing went on since before `latest` (loop time): no head, or no reader."""
        if self.has_ended:
            return False
        if self.status:
            stopped = (self.browser.full_since, self.unread_since)
            is_unread = any(0.0 < since < latest for since in stopped)
            if is_unread:
                self.cut()
            return is_unread
        is_stalled = self.uploaded and self.began < latest
        if is_stalled:
            self.drop_carrier()
            self.end(Outcome.SLOW)
        return is_stalled


class AwaitedExchange(Exchange):
    """An exchange whose end a coroutine awaits."""

    __slots__ = ("finished",)

    def start(self) -> None:
        """Get ready for the first attempt, or for another."""
        self.finished: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self.has_ended = False
        self.status = 0

    def settle(self, outcome: Outcome) -> None:
        if not self.finished.done():
            self.finished.set_result(outcome)
