"""What may be used once: by one of many, and bounded."""

import asyncio

import pytest
from sqlalchemy import insert

from proxy.core.errors import TooManyAttempts
from proxy.store import used_codes
from proxy.store.database import Store
from proxy.store.tables import used_codes as table

NOW = 1000.0


async def test_of_many_at_once_one_succeeds(store: Store) -> None:
    tries = [store.write(used_codes.consume, "flow:1", NOW + 60, NOW) for _ in range(20)]
    assert sorted(await asyncio.gather(*tries)) == [False] * 19 + [True]


async def test_beyond_the_bound_everybody_is_asked_to_come_back(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(used_codes, "MOST", 3)
    for number in range(3):
        assert await store.write(used_codes.consume, f"a{number}", NOW + 60, NOW)
    with pytest.raises(TooManyAttempts):
        await store.write(used_codes.consume, "a3", NOW + 60, NOW)
    # It was not used up by the attempt, and those who were before stay used.
    assert not await store.write(used_codes.consume, "a0", NOW + 60, NOW)


async def test_what_is_over_makes_room(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(used_codes, "MOST", 3)
    rows = [{"id": f"old{number}", "expires": NOW - 121} for number in range(50)]
    await store.write(lambda connection: connection.execute(insert(table), rows))
    assert await store.write(used_codes.consume, "new", NOW + 60, NOW)


async def test_what_a_slow_clock_would_still_take_is_still_used(store: Store) -> None:
    assert await store.write(used_codes.consume, "a", NOW + 30, NOW)
    for late in (30, 31, 35, 90, 149):
        assert not await store.write(used_codes.consume, "a", NOW + 30, NOW + late)
