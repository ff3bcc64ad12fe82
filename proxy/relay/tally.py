"""Counts of the relay as plain numbers, moved to the metrics once a second.

A metric shared between processes is a write to a mapped file: too dear for each request.
"""

from collections import Counter

from proxy import metrics
from proxy.relay.splice import SplicedPair


class Tally:
    """What happened since the last `move`."""

    def __init__(self) -> None:
        self.open_websockets = 0
        self._answers: Counter[int] = Counter()
        self._refusals: Counter[int] = Counter()
        self._from_browsers = 0
        self._from_servers = 0

    def count(self, status: int) -> None:
        self._answers[status // 100] += 1

    def refuse(self, status: int) -> None:
        self._refusals[status] += 1

    def close_websocket(self, pair: SplicedPair) -> None:
        self.open_websockets -= 1
        self._from_browsers += pair.browser_side.received
        self._from_servers += pair.upstream_side.received

    def move(self) -> None:
        """Add everything to the metrics."""
        for status_class, number in self._answers.items():
            if f"{status_class}xx" in metrics.STATUS_CLASSES:
                metrics.RELAY_REQUESTS.labels(f"{status_class}xx").inc(number)
        for status, number in self._refusals.items():
            metrics.RELAY_REFUSALS.labels(metrics.refusal_label(status)).inc(number)
        metrics.RELAY_WEBSOCKET_BYTES.labels("up").inc(self._from_browsers)
        metrics.RELAY_WEBSOCKET_BYTES.labels("down").inc(self._from_servers)
        metrics.RELAY_WEBSOCKETS.set(self.open_websockets)
        self._answers.clear()
        self._refusals.clear()
        self._from_browsers = self._from_servers = 0
