"""Platforms: one a client of an issuer, kept whole, its number never given again."""

from dataclasses import replace

import pytest

from proxy.core.errors import Conflict
from proxy.store import platforms
from proxy.store.database import Store
from tests.core.test_lti_platform import GOOD

NOW = 1_800_000_000.0
FULL = replace(GOOD, deployments=("1", "schön"), audience="https://moodle.example.org")


async def test_what_was_said_is_kept_whole(store: Store) -> None:
    added = await store.write(platforms.add, FULL, NOW)
    assert added.entry == FULL
    assert await store.read(platforms.find, added.id) == added
    assert await store.read(platforms.list_all) == [added]


async def test_one_issuer_has_many_clients_and_each_is_registered_once(store: Store) -> None:
    one = await store.write(platforms.add, GOOD, NOW)
    two = await store.write(platforms.add, replace(GOOD, client="client-2"), NOW)
    assert await store.read(platforms.find_of_issuer, GOOD.issuer) == [one, two]
    assert await store.read(platforms.find_of_issuer, GOOD.issuer, "client-2") == [two]
    assert not await store.read(platforms.find_of_issuer, GOOD.issuer + "/")
    with pytest.raises(Conflict):
        await store.write(platforms.add, GOOD, NOW)
    with pytest.raises(Conflict):
        await store.write(platforms.replace, two.id, GOOD)


async def test_it_is_said_anew_and_removed(store: Store) -> None:
    added = await store.write(platforms.add, GOOD, NOW)
    assert await store.write(platforms.replace, added.id, FULL)
    changed = await store.read(platforms.find, added.id)
    assert changed is not None
    assert changed.entry == FULL
    assert await store.write(platforms.remove, added.id)
    assert not await store.write(platforms.remove, added.id)
    assert not await store.write(platforms.replace, added.id, GOOD)
    again = await store.write(platforms.add, GOOD, NOW)
    assert again.id > added.id
