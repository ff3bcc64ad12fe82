"""One work per server."""

import asyncio

import pytest

from proxy.servers.works import Works
from tests.servers.fakes import ADA, BOB


async def test_giving_up_on_waiting_does_not_end_the_work() -> None:
    works = Works()
    done = asyncio.Event()

    async def work() -> None:
        await asyncio.sleep(0.1)
        done.set()

    works.begin(ADA, work())
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await works.wait(ADA)
    assert works.is_under_way(ADA)
    await works.wait(ADA)
    assert done.is_set()
    assert not works.is_under_way(ADA)


async def test_cancelling_waits_until_it_is_gone_and_spares_the_others() -> None:
    works = Works()
    cleaned = []

    async def work(name: str) -> None:
        try:
            await asyncio.sleep(10)
        finally:
            cleaned.append(name)

    works.begin(ADA, work("ada"))
    works.begin(BOB, work("bob"))
    await asyncio.sleep(0)
    await works.cancel(ADA)
    assert cleaned == ["ada"]
    assert works.is_under_way(BOB)
    await works.cancel_all()
    assert cleaned == ["ada", "bob"]


async def test_waiting_for_nothing_is_short() -> None:
    async with asyncio.timeout(1):
        await Works().wait(ADA)
        await Works().cancel(ADA)
