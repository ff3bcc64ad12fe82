from typing import Any, cast

from prometheus_client import REGISTRY

from proxy.core.response_headers import Surroundings
from proxy.relay.exchange import AwaitedExchange
from proxy.relay.refusals import OTHER, reason_of_status
from proxy.relay.splice import SplicedPair
from proxy.relay.tally import Tally

NOBODY = cast(Any, None)


def value(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


def ended(status: int, *, sent: int = 0, received: int = 0) -> AwaitedExchange:
    around = Surroundings("/", "", "", frozenset())
    exchange = AwaitedExchange(NOBODY, NOBODY, "GET", "", around, began=0.0, last=False)
    exchange.status, exchange.sent, exchange.received = status, sent, received
    return exchange


def test_counts_are_moved_once() -> None:
    tally = Tally()
    before = value("sifu_relay_requests_total", status="2xx")
    refused = value("sifu_relay_refusals_total", reason="no_pass")
    up = value("sifu_relay_bytes_total", kind="http", direction="up")
    down = value("sifu_relay_bytes_total", kind="http", direction="down")
    tally.count(ended(200, sent=3, received=5))
    tally.answer(204)
    tally.refuse("no_pass")
    tally.move()
    tally.move()
    assert value("sifu_relay_requests_total", status="2xx") == before + 2
    assert value("sifu_relay_refusals_total", reason="no_pass") == refused + 1
    assert value("sifu_relay_bytes_total", kind="http", direction="up") == up + 3
    assert value("sifu_relay_bytes_total", kind="http", direction="down") == down + 5


def test_an_unlisted_status_makes_no_new_label() -> None:
    tally = Tally()
    tally.count(ended(0))
    tally.fault(418)
    before = value("sifu_relay_refusals_total", reason=OTHER)
    tally.move()
    assert reason_of_status(418) == OTHER
    assert value("sifu_relay_refusals_total", reason=OTHER) == before + 1
    assert REGISTRY.get_sample_value("sifu_relay_requests_total", {"status": "0xx"}) is None


def test_bytes_of_a_websocket_are_counted_while_it_is_open_and_once() -> None:
    def counted() -> float:
        return value("sifu_relay_bytes_total", kind="websocket", direction="up")

    tally = Tally()
    before = counted()
    pair = SplicedPair(NOBODY, NOBODY, NOBODY)
    tally.open_websocket(pair)
    pair.browser_side.received = 7
    tally.move()
    assert counted() == before + 7
    assert value("sifu_relay_websockets_open", pid="") == 0.0
    pair.browser_side.received = 10
    tally.close_websocket(pair)
    tally.move()
    assert counted() == before + 10
    assert tally.open_websockets == 0
