import asyncio
from typing import Any, cast

from proxy.core.response_headers import Surroundings
from proxy.relay.exchange import Exchange, Outcome


async def test_an_exchange_ends_once() -> None:
    exchange = Exchange(
        browser=cast(Any, None),
        transport=cast(Any, None),
        method="GET",
        rest="",
        around=Surroundings("/", "", "", frozenset()),
        last=False,
        offer=None,
        finished=asyncio.get_running_loop().create_future(),
    )
    exchange.end(Outcome.CUT)
    exchange.end(Outcome.COMPLETE)
    assert exchange.finished.result() is Outcome.CUT
