"""Passwords: no telling who exists, no stampede, old hashes renewed."""

import asyncio
import threading
from collections.abc import Callable

import pytest
from argon2 import PasswordHasher

from proxy.auth import passwords as module
from proxy.auth.passwords import AT_ONCE, LONGEST, Passwords, hash_password, password_problem
from proxy.core.errors import TooManyAttempts, UnprocessableInput
from proxy.store import sessions, users
from proxy.store.database import Store
from tests.auth.people import CHEAP, PASSWORD, add_user
from tests.conftest import FakeClock


class CountingHasher(PasswordHasher):
    """Counts what was verified; may be made to wait until the test lets it go on."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.verified = 0
        self.running = 0
        self.most_at_once = 0
        self.gate: Callable[[], object] = lambda: None
        self._lock = threading.Lock()

    def verify(self, hash: str | bytes, password: str | bytes) -> bool:  # type: ignore[override] # noqa: A002
        with self._lock:
            self.verified += 1
            self.running += 1
            self.most_at_once = max(self.most_at_once, self.running)
        try:
            self.gate()
            return super().verify(hash, password)
        finally:
            with self._lock:
                self.running -= 1


@pytest.fixture
def hasher() -> CountingHasher:
    return CountingHasher()


@pytest.fixture
def passwords(store: Store, clock: FakeClock, hasher: CountingHasher) -> Passwords:
    return Passwords(store, clock=clock, hasher=hasher)


async def test_the_right_password_signs_in(passwords: Passwords, store: Store) -> None:
    user = await add_user(store, "ada")
    assert await passwords.check("ada", PASSWORD) == user


@pytest.mark.parametrize("wrong", ["", "Correct horse", PASSWORD + " ", "x" * LONGEST])
async def test_a_wrong_password_does_not(passwords: Passwords, store: Store, wrong: str) -> None:
    await add_user(store, "ada")
    assert await passwords.check("ada", wrong) is None


async def test_an_unknown_user_costs_as_much_as_a_known_one(
    passwords: Passwords, store: Store, hasher: CountingHasher
) -> None:
    await add_user(store, "ada")
    await add_user(store, "linked", password=None)
    for name in ("ada", "nobody", "linked", ""):
        before = hasher.verified
        assert await passwords.check(name, "wrong password") is None
        assert hasher.verified == before + 1


@pytest.mark.parametrize("attempt", ["nobody's", "", PASSWORD])
async def test_the_dummy_hash_lets_nobody_in(
    passwords: Passwords, store: Store, attempt: str
) -> None:
    await add_user(store, "linked", password=None)
    assert await passwords.check("nobody", attempt) is None
    assert await passwords.check("linked", attempt) is None


async def test_a_damaged_hash_refuses(passwords: Passwords, store: Store) -> None:
    await store.write(users.add, "ada", is_admin=False, password_hash="plain", now=0.0)
    assert await passwords.check("ada", "plain") is None


async def test_an_overlong_password_is_not_even_hashed(
    passwords: Passwords, store: Store, hasher: CountingHasher
) -> None:
    await add_user(store, "ada")
    assert await passwords.check("ada", "x" * (LONGEST + 1)) is None
    assert hasher.verified == 0


async def test_outdated_parameters_are_renewed_and_nobody_is_signed_out(
    store: Store, clock: FakeClock
) -> None:
    user = await add_user(store, "ada")
    await store.write(
        sessions.open_session,
        session_id="s",
        secret_hash="h",
        user_id=user.id,
        now=clock(),
        expires=clock() + 100,
    )
    stronger = PasswordHasher(time_cost=2, memory_cost=16, parallelism=1)
    assert await Passwords(store, clock=clock, hasher=stronger).check("ada", PASSWORD)
    stored = await store.read(users.password_hash, user.id)
    assert stored is not None
    assert not stronger.check_needs_rehash(stored)
    session = await store.read(sessions.get, "s")
    assert session is not None
    assert session.ended is None


async def test_only_a_few_are_verified_at_once(
    passwords: Passwords, store: Store, hasher: CountingHasher
) -> None:
    await add_user(store, "ada")
    await asyncio.gather(*(passwords.check("ada", PASSWORD) for _ in range(8)))
    assert hasher.verified == 8
    assert hasher.most_at_once <= AT_ONCE


async def test_hanging_up_does_not_free_a_place(
    passwords: Passwords, store: Store, hasher: CountingHasher
) -> None:
    await add_user(store, "ada")
    release = threading.Event()
    hasher.gate = lambda: release.wait(10)
    asking = [asyncio.ensure_future(passwords.check("ada", PASSWORD)) for _ in range(6)]
    while hasher.running < AT_ONCE:
        await asyncio.sleep(0.01)
    for task in asking:
        task.cancel()
    await asyncio.gather(*asking, return_exceptions=True)
    late = asyncio.ensure_future(passwords.check("ada", PASSWORD))
    await asyncio.sleep(0.05)
    assert hasher.running == AT_ONCE
    release.set()
    assert await late is not None
    assert hasher.most_at_once == AT_ONCE


async def test_waiting_for_a_place_ends_with_a_sentence(
    passwords: Passwords, store: Store, hasher: CountingHasher, monkeypatch: pytest.MonkeyPatch
) -> None:
    await add_user(store, "ada")
    monkeypatch.setattr(module, "_PATIENCE", 0.05)
    release = threading.Event()
    hasher.gate = lambda: release.wait(10)
    busy = [asyncio.ensure_future(passwords.check("ada", PASSWORD)) for _ in range(AT_ONCE)]
    while hasher.running < AT_ONCE:
        await asyncio.sleep(0.01)
    with pytest.raises(TooManyAttempts):
        await passwords.check("ada", PASSWORD)
    release.set()
    await asyncio.gather(*busy)


@pytest.mark.parametrize("bad", ["", "1234567", "x" * 1025])
def test_a_password_of_the_wrong_length_is_refused_with_a_sentence(bad: str) -> None:
    assert password_problem(bad) is not None
    with pytest.raises(UnprocessableInput):
        hash_password(bad, CHEAP)


def test_a_hash_is_argon2id_and_never_the_same_twice() -> None:
    one, other = hash_password(PASSWORD, CHEAP), hash_password(PASSWORD, CHEAP)
    assert one.startswith("$argon2id$")
    assert one != other
