"""One-time links work one time."""

import asyncio

import pytest

from proxy.auth.links import consume_link
from proxy.core.credentials import hash_secret
from proxy.store import sign_in_links, users
from proxy.store.database import Store
from tests.auth.people import add_user
from tests.conftest import FakeClock


@pytest.fixture
async def code(store: Store, clock: FakeClock) -> str:
    user = await add_user(store, "ada", password=None)
    await store.write(sign_in_links.create, hash_secret("the-code"), user.id, clock() + 600)
    return "the-code"


async def test_a_link_works_once(store: Store, clock: FakeClock, code: str) -> None:
    user = await consume_link(store, code, clock)
    assert user is not None
    assert user.name == "ada"
    assert await consume_link(store, code, clock) is None


async def test_of_ten_who_follow_it_at_once_one_gets_in(
    store: Store, clock: FakeClock, code: str
) -> None:
    found = await asyncio.gather(*(consume_link(store, code, clock) for _ in range(10)))
    assert sum(user is not None for user in found) == 1


async def test_a_link_that_is_too_old_is_dead(store: Store, clock: FakeClock, code: str) -> None:
    clock.advance(601)
    assert await consume_link(store, code, clock) is None


@pytest.mark.parametrize("guess", ["", "other", "x" * 10_000, hash_secret("the-code")])
async def test_guesses_are_nobodys(store: Store, clock: FakeClock, code: str, guess: str) -> None:
    assert await consume_link(store, guess, clock) is None
    assert await consume_link(store, code, clock) is not None


async def test_the_link_of_a_removed_account_is_dead(
    store: Store, clock: FakeClock, code: str
) -> None:
    user = await store.read(users.find, "ada")
    assert user is not None
    await store.write(users.remove, user, clock())
    assert await consume_link(store, code, clock) is None
