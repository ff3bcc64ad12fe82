"""One request and its answer, as the upstream connection needs to know it."""

import asyncio
from dataclasses import dataclass
from enum import Enum

from proxy.core.response_headers import Surroundings
from proxy.core.websocket_handshake import Offer
from proxy.relay.browser import BrowserConnection
from proxy.relay.splice import SplicedPair


class Outcome(Enum):
    """How an exchange ended."""

    COMPLETE = "complete"  # the browser's connection may be used again
    LAST = "last"  # complete, but the connection must close now
    SWITCHED = "switched"  # a 101 went out; both sides are spliced
    NOTHING = "nothing"  # the upstream died before a byte of its answer
    MALFORMED = "malformed"  # not HTTP, and nothing of it reached the browser
    CUT = "cut"  # something reached the browser; its connection must be cut


@dataclass(slots=True)
class Exchange:
    """`rest` is the path below the prefix; `last` makes the answer say `Connection: close`."""

    browser: BrowserConnection
    transport: asyncio.Transport
    method: str
    rest: str
    around: Surroundings
    last: bool
    offer: Offer | None
    finished: "asyncio.Future[Outcome]"
    status: int = 0
    uploaded: bool = True
    pair: SplicedPair | None = None

    def end(self, outcome: Outcome) -> None:
        if not self.finished.done():
            self.finished.set_result(outcome)
