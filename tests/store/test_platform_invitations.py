"""Invitations: each taken once, over after its time, and not too many."""

import asyncio
from dataclasses import replace

import pytest

from proxy.core.errors import Conflict
from proxy.store import platform_invitations
from proxy.store.database import Store
from proxy.store.platform_invitations import TAKEN_SECONDS, Invitation

NOW = 1_800_000_000.0
MOODLE = Invitation("a" * 64, "Moodle", NOW + 600)
TAKEN = replace(MOODLE, taken=NOW + TAKEN_SECONDS)


async def test_to_look_uses_nothing_up(store: Store) -> None:
    await store.write(platform_invitations.add, MOODLE, NOW)
    for _ in range(2):
        assert await store.read(platform_invitations.find, "a" * 64, NOW) == MOODLE
    assert await store.read(platform_invitations.find, "b" * 64, NOW) is None


async def test_of_many_who_take_it_at_once_one_gets_it(store: Store) -> None:
    await store.write(platform_invitations.add, MOODLE, NOW)
    taken = await asyncio.gather(
        *(store.write(platform_invitations.take, "a" * 64, NOW) for _ in range(8))
    )
    assert [each for each in taken if each is not None] == [TAKEN]
    assert await store.read(platform_invitations.find, "a" * 64, NOW) is None


async def test_what_was_taken_and_not_used_up_is_free_after_a_while(store: Store) -> None:
    await store.write(platform_invitations.add, MOODLE, NOW)
    await store.write(platform_invitations.take, "a" * 64, NOW)
    assert await store.write(platform_invitations.take, "a" * 64, NOW + TAKEN_SECONDS - 1) is None
    later = NOW + TAKEN_SECONDS
    assert await store.read(platform_invitations.find, "a" * 64, later) == MOODLE
    second = await store.write(platform_invitations.take, "a" * 64, later)
    assert second is not None
    # The first has lost it: it neither gives back nor uses up what is another's.
    await store.write(platform_invitations.give_back, TAKEN)
    assert not await store.write(platform_invitations.use_up, TAKEN)
    assert await store.write(platform_invitations.use_up, second)
    assert not await store.write(platform_invitations.use_up, second)


async def test_given_back_it_is_there_for_the_next_however_many_there_are(store: Store) -> None:
    await store.write(platform_invitations.add, MOODLE, NOW)
    taken = await store.write(platform_invitations.take, "a" * 64, NOW)
    assert taken is not None
    for number in range(platform_invitations.MOST - 1):
        each = Invitation(f"{number:064}", "Moodle", NOW + 600)
        await store.write(platform_invitations.add, each, NOW)
    await store.write(platform_invitations.give_back, taken)
    assert await store.write(platform_invitations.take, "a" * 64, NOW) == TAKEN


async def test_one_that_is_over_while_it_is_used_is_used_to_the_end(store: Store) -> None:
    await store.write(platform_invitations.add, MOODLE, NOW)
    taken = await store.write(platform_invitations.take, "a" * 64, NOW + 599)
    assert taken is not None
    await store.write(platform_invitations.add, Invitation("b" * 64, "Sakai", NOW + 999), NOW + 601)
    assert await store.write(platform_invitations.use_up, taken)


async def test_one_that_is_over_is_neither_found_nor_taken(store: Store) -> None:
    await store.write(platform_invitations.add, MOODLE, NOW)
    assert await store.read(platform_invitations.find, "a" * 64, NOW + 600) is None
    assert await store.write(platform_invitations.take, "a" * 64, NOW + 600) is None


async def test_there_are_not_too_many_and_those_that_are_over_make_room(store: Store) -> None:
    for number in range(platform_invitations.MOST):
        each = Invitation(f"{number:064}", "Moodle", NOW + 600)
        await store.write(platform_invitations.add, each, NOW)
    with pytest.raises(Conflict):
        await store.write(platform_invitations.add, MOODLE, NOW)
    await store.write(platform_invitations.add, MOODLE, NOW + 600)
