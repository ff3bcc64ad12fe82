"""Counts of the relay as plain numbers, moved to the metrics once a second.

A metric shared between processes is a write to a mapped file: too dear for each request.
"""

from collections import Counter

from proxy import metrics
from proxy.relay.exchange import Exchange
from proxy.relay.refusals import reason_of_status
from proxy.relay.splice import SplicedPair


class Tally:
    """What happened since the last `move`."""

    def __init__(self) -> None:
        self._answers: Counter[int] = Counter()
        self._refusals: Counter[str] = Counter()
        self._sent = 0
        self._received = 0
        # Open websockets, and how much of each was counted.
        self._pairs: dict[SplicedPair, tuple[int, int]] = {}
        self._up = 0
        self._down = 0

    @property
    def open_websockets(self) -> int:
        return len(self._pairs)

    def count(self, exchange: Exchange) -> None:
        """An exchange with a server has ended."""
        self._answers[exchange.status // 100] += 1
        self._sent += exchange.sent
        self._received += exchange.received

    def answer(self, status: int) -> None:
        """The relay itself answered."""
        self._answers[status // 100] += 1

    def refuse(self, reason: str) -> None:
        self._refusals[reason] += 1

    def fault(self, status: int) -> None:
        """A request was refused before the handler saw it."""
        self.answer(status)
        self.refuse(reason_of_status(status))

    def open_websocket(self, pair: SplicedPair) -> None:
        self._pairs[pair] = (0, 0)

    def close_websocket(self, pair: SplicedPair) -> None:
        self._add_bytes(pair)
        self._pairs.pop(pair, None)

    def move(self) -> None:
        """Add everything to the metrics."""
        for status_class, number in self._answers.items():
            if f"{status_class}xx" in metrics.STATUS_CLASSES:
                metrics.RELAY_REQUESTS.labels(f"{status_class}xx").inc(number)
        for reason, number in self._refusals.items():
            metrics.RELAY_REFUSALS.labels(reason).inc(number)
        for pair in self._pairs:
            self._add_bytes(pair)
        metrics.RELAY_BYTES.labels("http", "up").inc(self._sent)
        metrics.RELAY_BYTES.labels("http", "down").inc(self._received)
        metrics.RELAY_BYTES.labels("websocket", "up").inc(self._up)
        metrics.RELAY_BYTES.labels("websocket", "down").inc(self._down)
        metrics.RELAY_WEBSOCKETS.set(len(self._pairs))
        self._answers.clear()
        self._refusals.clear()
        self._sent = self._received = self._up = self._down = 0

    def _add_bytes(self, pair: SplicedPair) -> None:
        up, down = self._pairs.get(pair, (0, 0))
        self._up += pair.browser_side.received - up
        self._down += pair.upstream_side.received - down
        self._pairs[pair] = (pair.browser_side.received, pair.upstream_side.received)
