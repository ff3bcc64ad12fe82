"""Open websockets: how many a credential may have, and that they end with it.

Promises: a spliced pair is counted and can be cut from the moment of its 101 on; a credential that
ended meanwhile ends it at once.
"""

from proxy.core.identity import ServerName
from proxy.relay.live import LiveConnections
from proxy.relay.presence import Presence
from proxy.relay.splice import SplicedPair
from proxy.relay.tally import Tally
from proxy.relay.visitors import Visitors

# Of one credential, with the requests that run.
MAX_WEBSOCKETS = 1000


class Websockets:
    """Those of one relay process."""

    def __init__(
        self, live: LiveConnections, tally: Tally, visitors: Visitors, presence: Presence
    ) -> None:
        self._live = live
        self._tally = tally
        self._visitors = visitors
        self._presence = presence

    def may_open(self, credential: str) -> bool:
        """One credential may not use up the descriptors of everybody."""
        return self._live.count(credential) < MAX_WEBSOCKETS

    def keep(self, pair: SplicedPair, credential: str, server: ServerName) -> None:
        """Remember an open websocket until it ends, or its credential does."""
        live, tally, presence = self._live, self._tally, self._presence

        def ended() -> None:
            live.discard(credential, pair)
            tally.close_websocket(pair)
            presence.leave(credential, server)

        tally.open_websocket(pair)
        live.add(credential, pair)
        presence.arrive(credential, server)
        pair.on_end = ended
        if pair.is_over:
            ended()
        if self._visitors.has_ended(credential):
            pair.cut()
