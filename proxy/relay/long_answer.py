"""The rest of a long answer, on its way past the upstream connection that began it."""

from collections.abc import Callable

from proxy.relay.conveyor import Arrival
from proxy.relay.exchange import Exchange


class LongAnswer:
    """Keeps the exchange's counts right while a conveyor carries; a `Watcher`."""

    __slots__ = ("_exchange", "arrived")

    def __init__(self, exchange: Exchange, arrived: Callable[[Arrival], None]) -> None:
        self._exchange = exchange
        self.arrived = arrived

    def conveyed(self, count: int) -> None:
        self._exchange.received += count

    def stalled(self, since: float) -> None:
        self._exchange.unread_since = since
