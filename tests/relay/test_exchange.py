from typing import Any, cast

from proxy.core.response_headers import Surroundings
from proxy.relay.exchange import AwaitedExchange, Outcome


class Browser:
    """As far as an exchange knows it."""

    full_since = 0.0
    was_cut = False

    def cut(self) -> None:
        self.was_cut = True


def make_exchange() -> AwaitedExchange:
    around = Surroundings("/", "", "", frozenset())
    nobody = cast(Any, None)
    exchange = AwaitedExchange(
        cast(Any, Browser()), nobody, "GET", "", around, began=10.0, last=False
    )
    exchange.start()
    return exchange


async def test_an_exchange_ends_once() -> None:
    exchange = make_exchange()
    exchange.end(Outcome.CUT)
    exchange.end(Outcome.COMPLETE)
    assert exchange.finished.result() is Outcome.CUT


async def test_an_answer_that_never_begins_is_given_up() -> None:
    exchange = make_exchange()
    assert not exchange.end_stalled(9.0)
    assert exchange.end_stalled(11.0)
    assert exchange.finished.result() is Outcome.SLOW


async def test_an_answer_that_began_or_an_upload_that_runs_is_not_given_up() -> None:
    begun, uploading = make_exchange(), make_exchange()
    begun.status = 200
    uploading.uploaded = False
    assert not begun.end_stalled(11.0)
    assert not uploading.end_stalled(11.0)


async def test_an_answer_that_nobody_reads_is_cut() -> None:
    exchange = make_exchange()
    exchange.status = 200
    exchange.browser.full_since = 20.0
    assert not exchange.end_stalled(19.0)
    assert exchange.end_stalled(21.0)
    assert cast(Any, exchange.browser).was_cut
